"""Splits text into sentences, list items and table rows, the units of answers and of grounding checks.

``sentences`` is the entry; the reader, the grounding check and the embedding's self-check call it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voicehelper.text.leaders import ends_in_leaders, is_leader_row, leader_spans

# After a Chinese full stop; after a Latin one only before a space and a capital, a digit or a Chinese character.
_END: Final = re.compile(r"(?<=[。！？；!?…])(?=[^”’」』）)。！？])|(?<=[.!?])\s+(?=[\"'“(\[]?[A-Z0-9\u4e00-\u9fff])")
_ABBREVIATION: Final = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|etc|e\.g|i\.e|cf|approx|Fig|Inc|Ltd|Co|Corp|Jr|Sr|[A-Z])\.$"
)
_NUMBERED: Final = re.compile(r"^\d{1,2}\.$")  # a list number, not a sentence that ends in one
_LONGEST_ABBREVIATION: Final = 12  # characters, with the one before it
_ITEM_START: Final = re.compile(r"[-•*·●▪◦]|\d{1,2}[.)、]|[（(]?[一二三四五六七八九十\d]{1,9}[)）、.]|#")
_CLAUSE: Final = re.compile(r"(?<=[，,、;；])")
CELL_BORDER: Final = " | "
LIST_ITEM: Final = re.compile(
    r"[-•*·●▪◦–](?!\d)|\d{1,2}[.)、](?!\d)|[（(]?(?:[a-z]|[一二三四五六七八九十\d]{1,3})[)）]|[一二三四五六七八九十]{1,3}[、.]|[①-⑳]"
)
# How a sentence ends that says that something follows.
LEADS_ON: Final = re.compile(
    r"[:：]$|(?:\b(?:as follows|the following|following(?: \w+){1,3})|如下(?:所示)?)\W{0,2}$", re.IGNORECASE
)
_SENTENCE_ENDS: Final = "。！？；：.!?;:…"
_MIN_WRAPPED_CHARS: Final = 24
MAX_CHARS: Final = 400


def sentences(text: str) -> list[str]:
    """In order, stripped, none empty; a line break that ends a paragraph, item or row ends a sentence too."""
    pieces = [piece for line in _lines(text) for piece in _split_line(line)]
    return [piece for piece in pieces if any(character.isalnum() for character in piece)]


def _lines(text: str) -> list[str]:
    """The text's lines; a line that breaks inside a sentence is joined with the next one."""
    lines: list[list[str]] = []  # the parts of each
    for line in (line.strip() for line in text.split("\n")):
        if lines and line and _continues(lines[-1], line):
            lines[-1] += ["" if _is_wide(lines[-1][-1][-1]) and _is_wide(line[0]) else " ", line]
        else:
            lines.append([line])
    return ["".join(parts) for parts in lines]


def _continues(before: Sequence[str], line: str) -> bool:
    """``before`` are the parts of the line before; only a part that is a whole line can be a table row or be short."""
    last = before[-1]
    if not last or CELL_BORDER in last or CELL_BORDER in line or is_leader_row(line):
        return False
    if ends_in_leaders(last):
        return True
    if _ITEM_START.match(line) or is_leader_row(last):
        return False
    is_long = len(before) > 1 or len(last) > _MIN_WRAPPED_CHARS
    return is_long and last[-1] not in _SENTENCE_ENDS and (line[0].islower() or _is_wide(last[-1]) or last[-1] in ",-")


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\uffef"


def _split_line(line: str) -> list[str]:
    if CELL_BORDER in line:
        return [line]
    pieces: list[list[str]] = []  # the parts of each
    for part in filter(None, (part.strip() for part in _parts(line))):
        if pieces and _ends_in_abbreviation(pieces[-1]):
            pieces[-1].append(part)
        else:
            pieces.append([part])
    return [part for piece in pieces for part in _split_long(" ".join(piece))]


def _parts(line: str) -> list[str]:
    """Split where a sentence may end, but not at the dots between a label and its value."""
    leaders = leader_spans(line)
    if not leaders:
        return _END.split(line)
    parts, start, at = [], 0, 0
    for end in _END.finditer(line):
        while at < len(leaders) and leaders[at][1] < end.start():
            at += 1
        if at == len(leaders) or end.start() <= leaders[at][0]:
            parts.append(line[start : end.start()])
            start = end.end()
    return [*parts, line[start:]]


def _ends_in_abbreviation(piece: Sequence[str]) -> bool:
    last = piece[-1]
    is_number = len(piece) == 1 and _NUMBERED.match(last) is not None
    return is_number or _ABBREVIATION.search(last[-_LONGEST_ABBREVIATION:]) is not None


def _split_long(piece: str) -> list[str]:
    """A sentence of more than ``MAX_CHARS`` is split at its commas."""
    if len(piece) <= MAX_CHARS:
        return [piece]
    parts, current = [], ""
    for clause in _CLAUSE.split(piece):
        if current and len(current) + len(clause) > MAX_CHARS:
            parts.append(current.strip())
            current = ""
        current += clause
    return [*parts, current.strip()]
