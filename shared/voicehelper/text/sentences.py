"""Splits text into sentences, list items and table rows, the units of answers and of grounding checks.

``sentences`` is the entry; the reader, the grounding check and the embedding's self-check call it.
"""

from __future__ import annotations

import re
from typing import Final

# After a Chinese full stop; after a Latin one only before a space and a capital, a digit or a Chinese character.
_END: Final = re.compile(r"(?<=[。！？；!?…])(?=[^”’」』）)。！？])|(?<=[.!?])\s+(?=[\"'“(\[]?[A-Z0-9\u4e00-\u9fff])")
_ABBREVIATION: Final = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|etc|e\.g|i\.e|cf|approx|Fig|Inc|Ltd|Co|Corp|Jr|Sr|[A-Z])\.$"
)
_NUMBERED: Final = re.compile(r"^\d{1,2}\.$")  # a list number, not a sentence that ends in one
MAX_CHARS: Final = 400


def sentences(text: str) -> list[str]:
    """In order, stripped, none empty; a line break that ends a paragraph, item or row ends a sentence too."""
    pieces = [piece for line in _lines(text) for piece in _split_line(line)]
    return [piece for piece in pieces if any(character.isalnum() for character in piece)]


def _lines(text: str) -> list[str]:
    """The text's lines; a line that breaks inside a sentence is joined with the next one."""
    lines: list[str] = []
    for line in (line.strip() for line in text.split("\n")):
        if lines and lines[-1] and line and _continues(lines[-1], line):
            gap = "" if _is_wide(lines[-1][-1]) and _is_wide(line[0]) else " "
            lines[-1] += gap + line
        else:
            lines.append(line)
    return lines


def _continues(before: str, line: str) -> bool:
    if " | " in before or " | " in line:
        return False
    if re.match(r"[-•*·●▪◦]|\d{1,2}[.)、]|[（(]?[一二三四五六七八九十\d]+[)）、.]|#", line):
        return False
    ends_sentence = before[-1] in "。！？；：.!?;:…"
    return not ends_sentence and len(before) > 24 and (line[0].islower() or _is_wide(before[-1]) or before[-1] in ",-")


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\uffef"


def _split_line(line: str) -> list[str]:
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
    return [part for piece in pieces for part in _split_long(piece)]


def _split_long(piece: str) -> list[str]:
    """A sentence of more than ``MAX_CHARS`` is split at its commas."""
    if len(piece) <= MAX_CHARS:
        return [piece]
    parts, current = [], ""
    for clause in re.split(r"(?<=[，,、;；])", piece):
        if current and len(current) + len(clause) > MAX_CHARS:
            parts.append(current.strip())
            current = ""
        current += clause
    return [*parts, current.strip()]
