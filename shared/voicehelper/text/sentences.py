"""Text → the units an answer is made of: sentences, list items, rows of a table."""

from __future__ import annotations

import re
from typing import Final

# After a Chinese full stop; after a Latin one that a space and a new sentence follow.
_END: Final = re.compile(r"(?<=[。！？；!?…])(?=[^”’」』）)。！？])|(?<=[.!?])\s+(?=[\"'“(\[]?[A-Z0-9\u4e00-\u9fff])")
_ABBREVIATION: Final = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|etc|e\.g|i\.e|cf|approx|Fig|Inc|Ltd|Co|Corp|Jr|Sr|[A-Z])\.$"
)
_NUMBERED: Final = re.compile(r"^\d{1,2}\.$")  # a list number, not a sentence that ends in one
MAX_CHARS: Final = 400


def sentences(text: str) -> list[str]:
    """In order, stripped, none empty; a line break that ends a paragraph, item or row ends a sentence too."""
    found = [piece for line in _lines(text) for piece in _of_line(line)]
    return [piece for piece in found if any(character.isalnum() for character in piece)]


def _lines(text: str) -> list[str]:
    """A line that a soft break cut in the middle of a sentence is joined with the next one."""
    joined: list[str] = []
    for line in (line.strip() for line in text.split("\n")):
        if joined and joined[-1] and line and _continues(joined[-1], line):
            gap = "" if _is_wide(joined[-1][-1]) and _is_wide(line[0]) else " "
            joined[-1] += gap + line
        else:
            joined.append(line)
    return joined


def _continues(before: str, line: str) -> bool:
    if " | " in before or " | " in line:
        return False
    if re.match(r"[-•*·●▪◦]|\d{1,2}[.)、]|[（(]?[一二三四五六七八九十\d]+[)）、.]|#", line):
        return False
    ended = before[-1] in "。！？；：.!?;:…"
    return not ended and len(before) > 24 and (line[0].islower() or _is_wide(before[-1]) or before[-1] in ",-")


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\uffef"


def _of_line(line: str) -> list[str]:
    if " | " in line:
        return [line]
    pieces: list[str] = []
    for piece in (part.strip() for part in _END.split(line)):
        if not piece:
            continue
        if pieces and (_ABBREVIATION.search(pieces[-1]) or _NUMBERED.search(pieces[-1])):
            pieces[-1] += " " + piece
        else:
            pieces.append(piece)
    return [part for piece in pieces for part in _cut(piece)]


def _cut(piece: str) -> list[str]:
    """A sentence beyond any reader's patience is cut at its commas."""
    if len(piece) <= MAX_CHARS:
        return [piece]
    parts, current = [], ""
    for clause in re.split(r"(?<=[，,、;；])", piece):
        if current and len(current) + len(clause) > MAX_CHARS:
            parts.append(current.strip())
            current = ""
        current += clause
    return [*parts, current.strip()]
