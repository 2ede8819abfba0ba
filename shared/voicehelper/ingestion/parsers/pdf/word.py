"""A word of a PDF page with its box, the plain value that ``words`` reads and all later steps use; words by height."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

REGULAR_WEIGHT = 400
_MAX_WORDS = 400  # on one line; more are no line of text, and every field and comment would go through all of them


class Word(NamedTuple):  # built three times as fast as a dataclass, and a page has a thousand
    text: str
    left: float
    top: float
    right: float
    bottom: float
    weight: int = REGULAR_WEIGHT

    @property
    def height(self) -> float:
        return self.bottom - self.top


class WordsByHeight:
    """Finds the words of a page that are on one line."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._order = sorted(range(len(words)), key=lambda at: words[at].top + words[at].bottom)
        self._heights = [(words[at].top + words[at].bottom) / 2 for at in self._order]

    def between(self, top: float, bottom: float) -> list[int]:
        """Indices of the words whose middle is between two heights; none where they are too many."""
        start, end = bisect_left(self._heights, top), bisect_right(self._heights, bottom)
        return self._order[start:end] if end - start <= _MAX_WORDS else []
