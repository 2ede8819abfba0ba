"""Leaders: the row of dots between a label and its value, as in a price list; they end no sentence.

``leader_spans`` is for the splitters of sentences, ``is_leader_row`` for whoever joins lines.
"""

from __future__ import annotations

import re
from typing import Final

_RUN: Final = re.compile(r"\.(?:\s{0,2}\.){2,}|…(?:\s?…)*")
_ROW_RUN: Final = re.compile(r"\.(?:\s{0,2}\.){3,}|…(?:\s?…)+|(?:[·․‥⋯・]\s?){3,}|_{3,}")
_OTHER_DOT: Final = re.compile("[…·․‥⋯・]")
_VALUE: Final = re.compile(r"\s{0,9}(?:[\d$€£¥￥+-]|[零〇一二两三四五六七八九十百千万半]{1,7}[^\W\d])")
_STOPS: Final = re.compile(r"[。！？；!?]|\.\s")
_SENTENCE_END: Final = re.compile("[。！？；]")
_BLANK: Final = re.compile(r"(?:_{3,}|\.{5,}|(?:\.\s){4,}\.?)\s?")
_WINDOW: Final = 80  # characters around a run; a row with leaders is short
_MAX_VALUE: Final = 40
_SURE_DOTS, _SURE_ELLIPSES = 5, 3


def leader_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every run of dots or ellipses that leads to a value, without the space after it."""
    if text.count(".") < 3 and "…" not in text:
        return []
    return [match.span() for match in _RUN.finditer(text) if _leads(text, match)]


def _leads(text: str, run: re.Match[str]) -> bool:
    start, end = run.span()
    after = text[end : end + _WINDOW].partition("\n")[0]
    if not after.strip():
        return False
    before = text[max(0, start - _WINDOW) : start].rpartition("\n")[2]
    if before[-1:].isspace() or _VALUE.match(after):
        return True
    if run[0].startswith("."):
        return run[0].count(".") >= _SURE_DOTS
    return run[0].count("…") >= _SURE_ELLIPSES or _is_only_stop(before, after)


def _is_only_stop(before: str, after: str) -> bool:
    """Whether nothing else on the line ends a sentence: a row, not prose that falters."""
    is_whole_line = len(before) < _WINDOW and len(after) < _WINDOW
    return is_whole_line and not _STOPS.search(before) and not _STOPS.search(f"{after} ") and "…" not in before + after


def is_leader_row(line: str) -> bool:
    """Whether a line is a label, leaders and a short value: "Seals . . . . 9 months"."""
    if len(line) > 4 * _WINDOW or not _may_have_run(line):
        return False
    runs = list(_ROW_RUN.finditer(line))
    if not runs:
        return False
    label, value = line[: runs[0].start()], line[runs[-1].end() :]
    is_short = len(value) <= _MAX_VALUE and not _SENTENCE_END.search(line)
    return is_short and _has_text(label) and _has_text(value)


def _may_have_run(line: str) -> bool:
    """Cheaper than the search itself, which every line of every page would pay for."""
    return line.count(".") > 3 or "___" in line or (not line.isascii() and _OTHER_DOT.search(line) is not None)


def ends_in_leaders(line: str) -> bool:
    """Whether the value of a row must be on the next line."""
    tail = line[-_WINDOW:].rstrip()
    runs = list(_RUN.finditer(tail))
    return bool(runs) and runs[-1].end() == len(tail) and runs[-1][0].count(".") >= _SURE_DOTS


def is_blank_to_fill(line: str) -> bool:
    """Whether a line ends in the dots or underscores of a form: "Name: ________"."""
    if line[-1:] not in ("_", ".", " "):
        return False
    tail = line[-_WINDOW:]
    return any(match.end() == len(tail) for match in _BLANK.finditer(tail))


def _has_text(text: str) -> bool:
    return any(character.isalnum() for character in text)
