"""Finds the spans of a text that have other spellings: "X-200B" is also "X200B", "125万" also "1,250,000".

``spellings`` is the entry; tokenization calls it for chunks and questions alike, so that "X-200B" finds "X200B",
"2024-03-05" finds "5 March 2024" and "125万" finds "1,250,000". All of it works on text that ``normalize`` returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from voicehelper.text.spellings import clauses, codes, dates, numbers, times
from voicehelper.text.spellings.spelling import Spelling

# Where several could begin, the first of them that can read the text does.
_KINDS: Final = {
    **dates.PATTERNS, **times.PATTERNS, **clauses.PATTERNS, **codes.PATTERNS, **numbers.PATTERNS,
}  # fmt: skip
_READERS: Final = {name: reader for name, (_, reader) in _KINDS.items()}
# A spelling begins with a digit or sign, with a Chinese numeral or part of the day, or with a word before a digit.
_START: Final = (
    r"(?<![a-z0-9])(?=[0-9(+$€£¥§第零〇一二两三四五六七八九十百]"
    r"|(?:[上下中]午|[早晚]上|凌晨|傍晚|条款|步骤) ?[0-9零一二两三四五六七八九十]"
    r"|[a-zäéûô]{1,12}+(?:[-_/., ]{0,2}|(?: no\.?| number| of|[-_/][a-z]{1,6})[-_/ ]?)[0-9])"
)
_SPELLING: Final = re.compile(
    _START + "(?:" + "|".join(f"(?P<{name}>{pattern})" for name, (pattern, _) in _KINDS.items()) + ")", re.MULTILINE
)
# Every spelling has a numeral, which begins at most ``_BEFORE`` characters after it does; prose between is not read.
_NUMERAL: Final = re.compile(r"[0-9零〇一二两三四五六七八九十百]+")
_BEFORE: Final = 32
_AFTER: Final = 48


def spellings(text: str) -> Iterator[Spelling]:
    """Of a normalized text; within a stretch, those that a question asks by come in order and without overlap."""
    for begin, end in _stretches(text):
        for match in _SPELLING.finditer(text, begin, end):
            if spelling := _READERS[str(match.lastgroup)](match):
                yield spelling
        yield from codes.spaced_codes(text, begin, end)
        yield from clauses.line_numbers(text, begin, end)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what lies around numerals; stretches that touch are one."""
    begin = end = 0
    for numeral in _NUMERAL.finditer(text):
        first, last = numeral.span()
        if first - _BEFORE > end:
            if end:
                yield begin, end
            begin = first - _BEFORE
        end = min(len(text), last + _AFTER)
    if end:
        yield begin, end
