"""``ModelPlanner``: a chat model plans, fills calls, looks back and writes, by the tool calling of OpenAI's protocol.

Whatever it answers is checked: a plan names allowed tools only, a statement of the report must stand in what the tools
returned. A reply that cannot be used is asked for once more. While the model is away, the rules take its place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from voicehelper.agents.planning import prompts
from voicehelper.agents.planning.plan import SYNTHESIS, Observed, Plan, PlannedStep
from voicehelper.agents.planning.protocol import Filled, Planned, Planner, Revised, Spent, Written
from voicehelper.agents.planning.written import checked_report, citable
from voicehelper.agents.task import Task
from voicehelper.errors import RejectedError
from voicehelper.messages.catalogue import message_for
from voicehelper.models.protocols import DEFAULT_PROVIDER, Chat, ChatCompletion, ChatRequest, Deadline

TIMEOUT_S: Final = 22.0
MAX_TOKENS: Final = 1_500
_ARGUMENTS: Final = TypeAdapter(dict[str, JsonValue])
ReplyT = TypeVar("ReplyT")


class _ModelAwayError(Exception):
    """No model answered."""


class _Step(BaseModel):
    model_config = ConfigDict(extra="ignore")

    description: str = Field(min_length=1, max_length=500)
    tool: str


class _Steps(BaseModel):
    model_config = ConfigDict(extra="ignore")

    thought: str = Field(default="", max_length=2000)
    steps: list[_Step] = Field(max_length=50)


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a model is told of a tool."""

    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelPlanner:
    """Implements ``Planner``. ``tools`` are those there are; ``rules`` is who plans while the model is away."""

    chat: Chat
    tools: Mapping[str, ToolSpec]
    rules: Planner
    clock: Callable[[], float] = time.monotonic

    def plan(self, task: Task) -> Planned:
        if task.mode == "react":
            return Planned(Plan(thought="", steps=[_synthesis(1, task)]))
        names, most = self._names(task), task.max_steps - 1
        messages = prompts.plan_messages(task.task, names, most, task.language)
        try:
            steps, spent = self._steps(task, messages, names, most)
        except _ModelAwayError:
            return self.rules.plan(task)
        return Planned(Plan(thought=steps.thought, steps=_numbered(steps.steps, task)), spent)

    def fill(self, task: Task, step: PlannedStep, observed: Sequence[Observed]) -> Filled:
        """What is filled already stays; what the model writes is checked where the tool runs."""
        if step.arguments or step.tool not in self.tools:
            return Filled(step.arguments)
        name = _function_name(step.tool)
        messages = prompts.fill_messages(task.task, step.description, name, observed)
        request = self._request(task, messages, {step.tool: self.tools[step.tool]}, name)
        try:
            arguments, spent = self._ask(request, lambda reply: _arguments(reply, name))
        except (_ModelAwayError, RejectedError):
            return Filled(step.arguments)
        return Filled(arguments, spent)

    def revise(self, task: Task, observed: Sequence[Observed], *, steps_left: int) -> Revised:
        try:
            if task.mode == "react":
                return self._next(task, observed)
            names = self._names(task)
            messages = prompts.revise_messages(task.task, names, steps_left, task.language, observed)
            steps, spent = self._steps(task, messages, names, steps_left)
        except (_ModelAwayError, RejectedError):
            return Revised("", ())
        return Revised(steps.thought, _numbered(steps.steps, task)[:-1], spent)

    def write(self, task: Task, observed: Sequence[Observed], *, stopped_by: str) -> Written:
        """By the rules where nothing of the model's report holds."""
        by_rules = self.rules.write(task, observed, stopped_by=stopped_by)
        passages = citable(observed)
        if not passages:
            return by_rules
        messages = prompts.write_messages(task.task, [one.text for one in passages], task.language)
        reply = self._complete(self._request(task, messages, {}, ""))
        if reply.provider == DEFAULT_PROVIDER:
            return by_rules
        report = checked_report(reply.content, task.task, passages)
        spent = _spent(reply)
        if report is None:
            return replace(by_rules, spent=spent)
        return Written(report, reply.model, message_for("AGENT_SYNTHESIS", task.language), spent)

    def _names(self, task: Task) -> list[str]:
        return [name for name in task.tools if name in self.tools]

    def _steps(
        self, task: Task, messages: list[dict[str, str]], names: Sequence[str], most: int
    ) -> tuple[_Steps, Spent]:
        request = self._request(task, messages, {"submit_plan": _plan_spec(names, most)}, "submit_plan")
        return self._ask(request, lambda reply: _parse_steps(reply, names, most))

    def _next(self, task: Task, observed: Sequence[Observed]) -> Revised:
        """The one call that the model asks for, with its arguments; none when it has finished."""
        specs = {name: self.tools[name] for name in self._names(task)}
        messages = prompts.next_messages(task.task, observed)
        reply = self._complete(self._request(task, messages, specs | {"finish": _FINISH}, ""))
        if reply.provider == DEFAULT_PROVIDER:
            raise _ModelAwayError
        spent = _spent(reply)
        tools = {_function_name(name): name for name in specs}
        call = next((call for call in reply.calls if call.name in tools), None)
        if call is None:
            return Revised(reply.content, (), spent)
        thought = reply.content.strip()[:500] or tools[call.name]
        arguments = _arguments(reply, call.name)
        return Revised(
            thought, [PlannedStep(step=1, description=thought, tool=tools[call.name], arguments=arguments)], spent
        )

    def _request(
        self, task: Task, messages: list[dict[str, str]], specs: Mapping[str, ToolSpec], choice: str
    ) -> ChatRequest:
        tools = [
            {"name": _function_name(name), "description": spec.description, "parameters": dict(spec.parameters)}
            for name, spec in specs.items()
        ]
        return ChatRequest(
            messages,
            MAX_TOKENS,
            0.0,
            question=task.task,
            tenant=str(task.tenant_id),
            tools=tools,
            tool_choice=choice,
            viewer=task.viewer,
        )

    def _ask(self, request: ChatRequest, parse: Callable[[ChatCompletion], ReplyT]) -> tuple[ReplyT, Spent]:
        """Once more where the first reply cannot be used; RejectedError after that."""
        first = self._complete(request)
        try:
            return parse(first), _spent(first)
        except ValueError as problem:
            said = "".join(call.arguments for call in first.calls) or first.content
            again = replace(request, messages=[*request.messages, *prompts.repair_messages(said, _brief(problem))])
        second = self._complete(again)
        try:
            parsed = parse(second)
        except ValueError as problem:
            raise RejectedError("PLAN_INVALID", _brief(problem)) from problem
        return parsed, _spent(first, second)

    def _complete(self, request: ChatRequest) -> ChatCompletion:
        reply = self.chat.complete(request, Deadline(self.clock() + TIMEOUT_S / 2, self.clock))
        if reply.provider == DEFAULT_PROVIDER and request.tools:
            raise _ModelAwayError
        return reply


_FINISH: Final = ToolSpec("The observations hold what the task asks for.", {"type": "object", "properties": {}})


def _plan_spec(names: Sequence[str], most: int) -> ToolSpec:
    step = {
        "type": "object",
        "properties": {"description": {"type": "string"}, "tool": {"type": "string", "enum": list(names)}},
        "required": ["description", "tool"],
    }
    properties = {"thought": {"type": "string"}, "steps": {"type": "array", "items": step, "maxItems": most}}
    schema = {"type": "object", "properties": properties, "required": ["thought", "steps"]}
    return ToolSpec("The steps, in order.", schema)


def _parse_steps(reply: ChatCompletion, names: Sequence[str], most: int) -> _Steps:
    """ValueError, with what is wrong. A synthesis that was planned all the same is left out."""
    call = next((call for call in reply.calls if call.name == "submit_plan"), None)
    steps = _Steps.model_validate_json(call.arguments if call else reply.content)
    kept = [step for step in steps.steps if step.tool != SYNTHESIS]
    if unknown := sorted({step.tool for step in kept} - set(names)):
        raise ValueError(f"there is no tool {', '.join(unknown)[:200]}")
    if len(kept) > most:
        raise ValueError(f"more than {most} steps")
    return steps.model_copy(update={"steps": kept})


def _arguments(reply: ChatCompletion, name: str) -> dict[str, JsonValue]:
    call = next((call for call in reply.calls if call.name == name), None)
    if call is None:
        raise ValueError(f"{name} was not called")
    return _ARGUMENTS.validate_json(call.arguments or "{}")


def _numbered(steps: Sequence[_Step], task: Task) -> list[PlannedStep]:
    """From 1, the synthesis last."""
    planned = [
        PlannedStep(step=number, description=step.description, tool=step.tool)
        for number, step in enumerate(steps, start=1)
    ]
    return [*planned, _synthesis(len(planned) + 1, task)]


def _synthesis(number: int, task: Task) -> PlannedStep:
    return PlannedStep(step=number, description=message_for("AGENT_SYNTHESIS", task.language), tool=SYNTHESIS)


def _function_name(tool: str) -> str:
    """The protocol's names have no dots: https://platform.openai.com/docs/api-reference/chat/create"""
    return tool.replace(".", "__")


def _brief(problem: ValueError) -> str:
    if isinstance(problem, ValidationError):
        return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in problem.errors()[:3])
    return str(problem)


def _spent(*replies: ChatCompletion) -> Spent:
    """What several replies took, as if the last one's model had written all."""
    return Spent(
        sum(reply.tokens for reply in replies),
        sum(reply.cost_usd for reply in replies),
        sum(reply.prompt_tokens for reply in replies),
        replies[-1].model,
    )
