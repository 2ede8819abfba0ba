"""Citation marks such as [1] in the text of an answer: reading, removing and renumbering them, and what they quote.

``renumber`` is the entry of hosted answers; the grounding check calls ``marks_of`` and ``without_marks``, and the
service shows ``quote_of`` with each source.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms

MAX_QUOTE_CHARS: Final = 300
# [1], [1, 2], [1][2], [1-3], [^1], 【1】, ［1］: how models write marks. At most two digits, so that a quoted
# "[2024]" stays text.
_NUMBERS: Final = r"\^?\d{1,2}(?:\s*+[,，、;；–-]\s*+\^?\d{1,2})*"
# The spaces before a mark go with it. They are matched from the first of them only: a run of spaces without a mark
# would else be read again from each of its spaces.
_MARK: Final = re.compile(rf"(?<![ \t])[ \t]*+[\[【［]\s*+(?:passages?\s*+)?({_NUMBERS})\s*+[\]】］]", re.IGNORECASE)
_NUMBERED_MARK: Final = re.compile(r"\[(\d{1,2})\]")  # as ``renumber`` leaves them
_CODE: Final = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def renumber(text: str, passages: int) -> tuple[str, list[int]]:
    """(text with marks 1, 2 … by first appearance, passage indices from 0 in that order).

    A mark that names no passage is removed. Code spans are left unchanged: an index in code is not a mark.
    """
    order: list[int] = []

    def replacement(match: re.Match[str]) -> str:
        indices = dict.fromkeys(n - 1 for n in mark_numbers(match.group(1)) if 1 <= n <= passages)
        order.extend(index for index in indices if index not in order)
        marks = "".join(f"[{order.index(index) + 1}]" for index in indices)
        return f" {marks}" if marks else ""

    return _outside_code(text, lambda part: _MARK.sub(replacement, part)).strip(), order


def without_marks(text: str) -> str:
    return _outside_code(text, lambda part: _MARK.sub("", part)).strip()


def marks_of(text: str) -> list[int]:
    """The numbers a text cites, from 1, each once, in order; code spans are ignored."""
    prose = _CODE.sub(" ", text)
    return list(dict.fromkeys(n for match in _MARK.finditer(prose) for n in mark_numbers(match.group(1))))


def mark_places(text: str) -> list[tuple[int, int, int]]:
    """(start, end, number) of every mark of a finished answer, in order; code spans are left out."""
    spans = [match.span() for match in _CODE.finditer(text)]
    return [
        (match.start(), match.end(), int(match.group(1)))
        for match in _NUMBERED_MARK.finditer(text)
        if not any(start <= match.start() < end for start, end in spans)
    ]


def cited_text(text: str, number: int) -> str:
    """What the source of that number is cited for, without marks: the lines that carry its mark, and the lines before
    them that carry none, since a mark stands at the end of what it covers.
    """
    cited: list[str] = []
    unmarked: list[str] = []
    for line in text.splitlines():
        unmarked.append(without_marks(line))
        if marks := marks_of(line):
            cited += unmarked if number in marks else ()
            unmarked = []
    return "\n".join(cited)


def quote_of(passage: str, said: str) -> str:
    """The sentence of the passage that has most in common with ``said``; the first of equal ones, cut where long."""
    wanted = set(terms(said))
    quoted = max(sentences(passage), key=lambda sentence: _likeness(sentence, said, wanted), default=passage.strip())
    return quoted if len(quoted) <= MAX_QUOTE_CHARS else quoted[: MAX_QUOTE_CHARS - 1].rstrip() + "…"


def _likeness(sentence: str, said: str, wanted: set[str]) -> tuple[bool, float]:
    """A sentence that was said word for word is nearest; else the share of common terms (Dice)."""
    if len(sentence) > 3 and sentence in said:
        return True, 1.0
    own = set(terms(sentence))
    return False, 2 * len(own & wanted) / max(1, len(own) + len(wanted))


def mark_numbers(inner: str) -> list[int]:
    """The numbers of one mark, with ranges expanded; a descending range counts as its two ends."""
    numbers: list[int] = []
    for part in re.split(r"[,，、;；]", inner.replace("^", "")):
        ends = [int(end) for end in re.split(r"[–-]", part)]
        numbers += range(ends[0], ends[-1] + 1) if ends[0] <= ends[-1] else ends
    return numbers


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Apply ``change`` to everything but code spans, which are the odd items of the split."""
    return "".join(part if index % 2 else change(part) for index, part in enumerate(_CODE.split(text)))
