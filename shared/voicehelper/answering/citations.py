"""Citation marks in a written answer: which passages it names, renumbered in the order a reader meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

# [1], [1, 2], [1][2], [1-3], [^1], 【1】, ［1］: how models write marks. At most two digits, so that a quoted
# "[2024]" stays text.
_NUMBERS: Final = r"\^?\d{1,2}(?:\s*[,，、;；–-]\s*\^?\d{1,2})*"
_MARK: Final = re.compile(rf"[ \t]*[\[【［]\s*(?:passages?\s*)?({_NUMBERS})\s*[\]】］]", re.IGNORECASE)
_CODE: Final = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def renumber(text: str, passages: int) -> tuple[str, list[int]]:
    """(text with marks 1, 2 … by first appearance, passage indices from 0 in that order).

    A mark that names no given passage is taken out. Code is left alone: an index in it is not a mark.
    """
    order: list[int] = []

    def rewritten(match: re.Match[str]) -> str:
        named = [number - 1 for number in marked_numbers(match.group(1)) if 1 <= number <= passages]
        order.extend(number for number in dict.fromkeys(named) if number not in order)
        marks = "".join(f"[{order.index(number) + 1}]" for number in dict.fromkeys(named))
        return f" {marks}" if marks else ""

    return _outside_code(text, lambda part: _MARK.sub(rewritten, part)).strip(), order


def without_marks(text: str) -> str:
    return _outside_code(text, lambda part: _MARK.sub("", part)).strip()


def marks_of(text: str) -> list[int]:
    """The numbers a text cites, from 1, each once, in order; code aside."""
    prose = _CODE.sub(" ", text)
    return list(dict.fromkeys(n for match in _MARK.finditer(prose) for n in marked_numbers(match.group(1))))


def marked_numbers(inner: str) -> list[int]:
    """The numbers of one mark, ranges spelled out; a range that runs backwards names its two ends."""
    found: list[int] = []
    for part in re.split(r"[,，、;；]", inner.replace("^", "")):
        ends = [int(end) for end in re.split(r"[–-]", part)]
        found += range(ends[0], ends[-1] + 1) if ends[0] <= ends[-1] else ends
    return found


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Code spans stand at the odd places of the split."""
    return "".join(part if place % 2 else change(part) for place, part in enumerate(_CODE.split(text)))
