"""SentencePiece's unigram model: text → numbers of known pieces.

Kudo, "Subword Regularization", ACL 2018: of all ways to cut a text, the one whose pieces' scores add up highest.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Final

_SPACE: Final = "\u2581"  # stands for a space at the start of a word; no piece has one further in
_SPACES: Final = re.compile(" +")
_KEPT_LENGTH: Final = 24  # characters; longer ones do not come twice
_UNKNOWN_PENALTY: Final = 10.0


class UnigramTokenizer:
    """``pieces`` by text, ``scores`` by number (log probabilities), ``folded`` characters and what each becomes."""

    def __init__(
        self, pieces: Mapping[str, int], scores: Sequence[float], folded: Mapping[int, str], unknown: int
    ) -> None:
        self._pieces, self._scores, self._folded, self._unknown = pieces, scores, folded, unknown
        self._longest = max(map(len, pieces))
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        self._of_known_word = functools.lru_cache(maxsize=20_000)(self._of_word)

    def tokens(self, text: str) -> list[int]:
        """The pieces' numbers in order, without those that open and close an input."""
        words = _SPACES.sub(_SPACE, text.translate(self._folded)).removeprefix(_SPACE).split(_SPACE)
        return [number for word in words for number in self._tokens_of(_SPACE + word)]

    def _tokens_of(self, word: str) -> Sequence[int]:
        return self._of_known_word(word) if len(word) <= _KEPT_LENGTH else self._of_word(word)

    def _of_word(self, word: str) -> Sequence[int]:
        """Viterbi's algorithm: the best way to every place follows from the best ways to the places before it."""
        best = [0.0] + [float("-inf")] * len(word)
        came: list[tuple[int, int]] = [(0, 0)] * (len(word) + 1)  # (where the last piece starts, its number)
        for start in range(len(word)):
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1], came[start + 1] = best[start] + self._unknown_score, (start, self._unknown)
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                number = self._pieces.get(word[start:end])
                if number is not None and (score := best[start] + self._scores[number]) > best[end]:
                    best[end], came[end] = score, (start, number)
        return _walked_back(came)


def _walked_back(came: Sequence[tuple[int, int]]) -> list[int]:
    numbers: list[int] = []
    end = len(came) - 1
    while end:
        end, number = came[end]
        numbers.append(number)
    return numbers[::-1]
