"""``tool_handler``: turns an agent's tool into the handler of a function, with the anatomy of ``steps``.

Whether the tool may be called at all is checked here, where it runs, whatever the plan says. What a tool cannot do
becomes a ``ToolFailure``, with which the run goes on; a dependency that is away leaves as its family, which the state
machine retries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from voicehelper.agents.tools.bounds import bounded, failure_of
from voicehelper.agents.tools.listing import ToolListing
from voicehelper.agents.tools.protocol import Tool, ToolCall, ToolError, ToolOutcome, ToolResult
from voicehelper.entry.invocation import event_marks, invocation
from voicehelper.entry.steps import Handler, raise_family
from voicehelper.errors import InvalidInputError, VoiceHelperError
from voicehelper.observability.logs import logger
from voicehelper.observability.traces import note
from voicehelper.settings import check_settings

AnyTool = Tool[Any]


def tool_handler(tool: AnyTool | Callable[[], AnyTool]) -> Handler:
    """``tool`` or what builds it: a ``ToolCall`` as JSON → a ``ToolOutcome`` as JSON."""
    return _handler(lambda _: tool if isinstance(tool, Tool) else tool())


def mcp_handler(tool_named: Callable[[str], AnyTool], list_tools: Callable[[], ToolListing]) -> Handler:
    """For all tools of configured servers: {"task": "list"} → a ``ToolListing``; any other event is a call."""
    carry_out = _handler(lambda call: tool_named(call.tool))

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        if event.get("task") != "list":
            return carry_out(event, context)
        with invocation("tools", context):
            try:
                return list_tools().model_dump(mode="json")
            except VoiceHelperError as error:
                raise_family(error)

    return handler


def _handler(tool_for: Callable[[ToolCall], AnyTool]) -> Handler:
    check_settings()

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        keys = {key: event.get(key) for key in ToolCall.log_keys}
        with invocation("tool", context, keys=keys, span_name="step", marks=event_marks(event)):
            note(tool=keys["tool"], number=keys["step"])
            try:
                call = _parse_call(event)
                return _outcome(lambda: _carry_out(tool_for, call)).model_dump(mode="json")
            except VoiceHelperError as error:
                raise_family(error)

    return handler


def _parse_call(event: dict[str, Any]) -> ToolCall:
    try:
        return ToolCall.model_validate(event)
    except ValidationError as error:
        raise InvalidInputError(f"the state machine passed no ToolCall: {error}") from error


def _outcome(run: Callable[[], ToolResult]) -> ToolOutcome:
    try:
        return ToolOutcome(result=bounded(run()))
    except ToolError as error:
        logger().info("the tool failed", extra={"reason": error.reason, "explanation": str(error)})
        return ToolOutcome(failure=failure_of(error))


def _carry_out(tool_for: Callable[[ToolCall], AnyTool], call: ToolCall) -> ToolResult:
    if call.tool not in call.allowed:
        raise ToolError("TOOL_NOT_ALLOWED", tool=call.tool)
    tool = tool_for(call)
    if call.tool != tool.name:
        raise ToolError("TOOL_NOT_ALLOWED", tool=call.tool)
    return tool.run(_parse_arguments(tool, call), call)


def _parse_arguments(tool: AnyTool, call: ToolCall) -> Any:
    try:
        return tool.arguments.model_validate(call.arguments)
    except ValidationError as error:
        fields = dict.fromkeys(".".join(map(str, item["loc"])) or "arguments" for item in error.errors())
        # Not the error's own text, which quotes the arguments: it would go to the log.
        raise ToolError("TOOL_ARGUMENTS_INVALID", fields=", ".join(fields)[:300]) from error
