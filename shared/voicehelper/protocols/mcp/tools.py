"""The tools of the server: ``ToolBox`` declares them and calls them; what they do is in ``library``."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from voicehelper.errors import StartingError, UpstreamUnavailableError, VoiceHelperError
from voicehelper.messages.catalogue import field_message, has_message, message_for
from voicehelper.messages.language import Language
from voicehelper.observability.logs import logger
from voicehelper.observability.metrics import count
from voicehelper.shapes.bodies import Body

ArgumentsT = TypeVar("ArgumentsT", bound=Body)
ResultT = TypeVar("ResultT", bound=BaseModel)

# Hints for clients, which ask before a tool that writes: https://modelcontextprotocol.io/specification/…/server/tools
_READS_ONLY: Final = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}


@dataclass(frozen=True, slots=True)
class McpTool(Generic[ArgumentsT, ResultT]):
    """``run`` may raise the product's errors."""

    name: str
    title: str
    description: str
    arguments: type[ArgumentsT]
    result: type[ResultT]
    run: Callable[[ArgumentsT], ResultT]

    def declaration(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": _schema(self.arguments, "validation"),
            "outputSchema": _schema(self.result, "serialization"),
            "annotations": {"title": self.title, **_READS_ONLY},
        }


@functools.cache
def _schema(model: type[BaseModel], mode: Any) -> dict[str, Any]:
    return model.model_json_schema(mode=mode)


@dataclass(frozen=True, slots=True)
class ToolBox:
    """The tools of one caller, whose language failures are told in."""

    tools: Sequence[McpTool[Any, Any]]
    language: Language

    def declarations(self) -> list[dict[str, Any]]:
        return [tool.declaration() for tool in self.tools]

    def has(self, name: str) -> bool:
        return any(tool.name == name for tool in self.tools)

    def call(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the tool returned, as text and as a structure; what it could not do, in words."""
        tool = next(tool for tool in self.tools if tool.name == name)
        try:
            shown = tool.run(tool.arguments.model_validate(arguments)).model_dump(mode="json")
        except ValidationError as error:
            return _failure(self._invalid(error))
        except VoiceHelperError as error:
            _record(error)
            return _failure(f"{message_for(error.code, self.language, error.details)} ({error.code})")
        text = json.dumps(shown, ensure_ascii=False)
        return {"content": [{"type": "text", "text": text}], "structuredContent": shown, "isError": False}

    def _invalid(self, error: ValidationError) -> str:
        """Each wrong argument with its sentence, so that a model can correct its call."""
        return "\n".join(f"{'.'.join(map(str, item['loc']))}: {self._sentence(item)}" for item in error.errors()[:10])

    def _sentence(self, item: Any) -> str:
        context = item.get("ctx") or {}
        code = str(context.get("error", ""))
        if has_message(code):
            return message_for(code, self.language)
        return field_message(item["type"], self.language, context)


def _failure(text: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "isError": True}


def _record(error: VoiceHelperError) -> None:
    """A failure that is told as a result would not show up among the failed requests."""
    if isinstance(error, UpstreamUnavailableError) and not isinstance(error, StartingError):
        logger().error("tool failed", exc_info=error)
        count("ServerErrors")
