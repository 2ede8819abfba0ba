"""Headings set in spaced letters, "T E R M S   O F   U S E": their words are told apart by the wider gaps.

Entry function: ``join_spaced_letters``, called by ``words`` for each page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from voicehelper.ingestion.parsers.pdf.word import Word

_SPACED = re.compile(r"(?:(?<!\S)[^\W\d_]\s{1,9}){4}[^\W\d_](?!\S)")
_MIN_LETTERS = 5
_MAX_GAP = 1.4  # line heights; letters further apart are cells of a table
_CJK = "\u2e80"


def join_spaced_letters(words: list[Word], text: str) -> list[Word]:
    """``text`` is that of the page. Only lines that consist of single letters change, and no list of the alphabet."""
    if not _SPACED.search(text):
        return words
    joined: list[Word] = []
    for line in _lines(words):
        joined += _joined(line) if _is_spaced(line) else line
    return joined


def _lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words that follow each other at one height."""
    line: list[Word] = []
    for word in words:
        if line and (abs(word.top - line[-1].top) > 0.3 * word.height or word.left < line[-1].left):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _is_spaced(line: Sequence[Word]) -> bool:
    letters = "".join(word.text for word in line)
    if len(line) < _MIN_LETTERS or len(letters) > len(line) or not all(c.isalpha() and c < _CJK for c in letters):
        return False
    if any(after.left - before.right > 3 * _MAX_GAP * before.height for before, after in pairwise(line)):
        return False
    is_alphabet = sum(ord(b) - ord(a) == 1 for a, b in pairwise(letters)) > 0.5 * len(letters)
    return not is_alphabet and _usual_gap(line) < _MAX_GAP * line[0].height


def _usual_gap(line: Sequence[Word]) -> float:
    return median(after.left - before.right for before, after in pairwise(line))


def _joined(line: Sequence[Word]) -> Iterator[Word]:
    widest = max(1.8 * _usual_gap(line), 0.3 * line[0].height)
    word = line[0]
    for before, letter in pairwise(line):
        if letter.left - before.right > widest:
            yield word
            word = letter
        else:
            word = word._replace(text=word.text + letter.text, right=letter.right)
    yield word
