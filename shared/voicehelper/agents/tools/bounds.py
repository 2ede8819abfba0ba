"""What a tool brings is data from outside: ``bounded`` cleans it and cuts it to what a state of the machine may hold.

``entry.tools`` is the caller, after every tool.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from voicehelper.agents.tools.protocol import (
    MAX_OBSERVATION_CHARS,
    MAX_RESULT_BYTES,
    ToolError,
    ToolFailure,
    ToolResult,
    ToolSource,
)
from voicehelper.models.openai.replies import clean_text

MAX_SOURCES: Final = 50
_MAX_QUOTE_CHARS: Final = 1_000
_MAX_NAME_CHARS: Final = 300
_MAX_URL_CHARS: Final = 2_000
_MAX_DETAIL_BYTES: Final = 2_000
_MAX_DEPTH: Final = 12
_MARK: Final = " …"


def bounded(result: ToolResult) -> ToolResult:
    """The same with clean texts, within ``MAX_OBSERVATION_CHARS`` and ``MAX_RESULT_BYTES``."""
    changes = {
        "observation": shortened(clean_text(result.observation), MAX_OBSERVATION_CHARS),
        "result": fitting(result.result, MAX_RESULT_BYTES),
        "sources": [_bounded_source(source) for source in result.sources[:MAX_SOURCES]],
    }
    return result.model_copy(update=changes)


def failure_of(error: ToolError) -> ToolFailure:
    """What the error says, whose details may quote a page, a server or the call itself."""
    details = {name: fitting(value, _MAX_DETAIL_BYTES) for name, value in error.details.items()}
    return ToolFailure(code=error.reason, details=details)


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters; a cut text ends in an ellipsis, behind a word where one ends nearby."""
    if len(text) <= limit:
        return text
    cut = text[: limit - len(_MARK)]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return (cut[:space] if space > len(cut) - 40 else cut).rstrip() + _MARK


def fitting(value: JsonValue, max_bytes: int) -> JsonValue:
    """The value with clean texts; of what would take more bytes as JSON, the first members and items."""
    return _Room(max_bytes).fit(value, 0)


@dataclass(slots=True)
class _Room:
    """``left`` counts bytes of JSON, with the quotes, commas and escapes of what was taken."""

    left: int

    def fit(self, value: JsonValue, depth: int) -> JsonValue:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return self._items(value, depth)
        if isinstance(value, dict):
            return self._members(value, depth)
        if isinstance(value, float) and not math.isfinite(value):
            value = None
        self.left -= len(str(value)) + 2
        return value

    def _items(self, items: list[JsonValue], depth: int) -> list[JsonValue]:
        self.left -= 4
        taken: list[JsonValue] = []
        for item in items if depth < _MAX_DEPTH else []:
            if self.left < 8:
                break
            taken.append(self.fit(item, depth + 1))
        return taken

    def _members(self, members: dict[str, JsonValue], depth: int) -> dict[str, JsonValue]:
        self.left -= 4
        taken: dict[str, JsonValue] = {}
        for name, member in members.items() if depth < _MAX_DEPTH else ():
            if self.left < 16:
                break
            taken[self._text(name)] = self.fit(member, depth + 1)
        return taken

    def _text(self, text: str) -> str:
        clean = clean_text(text[: max(self.left, 0)])
        cut = _within_bytes(clean, max(self.left - 8, 0))
        self.left -= _size(cut) + 4
        return cut


def _within_bytes(text: str, limit: int) -> str:
    if _size(text) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(text[:middle]) + len(_MARK.encode()) <= limit else (low, middle - 1)
    return text[:low] + _MARK if low else ""


def _size(text: str) -> int:
    return len(text.encode()) + text.count('"') + text.count("\\") + text.count("\n") + text.count("\t")


def _bounded_source(source: ToolSource) -> ToolSource:
    changes = {
        "title": shortened(clean_text(source.title), _MAX_NAME_CHARS),
        "filename": shortened(clean_text(source.filename), _MAX_NAME_CHARS),
        "quote": shortened(clean_text(source.quote), _MAX_QUOTE_CHARS),
        "url": clean_text(source.url) if len(source.url) <= _MAX_URL_CHARS else "",
    }
    return source.model_copy(update=changes)
