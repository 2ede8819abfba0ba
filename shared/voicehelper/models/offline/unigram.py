"""SentencePiece's unigram model: text → numbers of vocabulary pieces.

``UnigramTokenizer.tokens`` is the entry; ``OfflineEmbedder`` calls it. Kudo, "Subword Regularization", ACL 2018: of all
segmentations of a text, the one with the highest sum of scores.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Final

_SPACE: Final = "\u2581"  # stands for a space at the start of a word; no piece has one further in
_SPACES: Final = re.compile(" +")
_MAX_CACHED_CHARS: Final = 24  # longer words seldom repeat
_UNKNOWN_PENALTY: Final = 10.0


class UnigramTokenizer:
    """``pieces`` by text, ``scores`` by number (log probabilities), ``folding`` as for ``str.translate``."""

    def __init__(
        self, pieces: Mapping[str, int], scores: Sequence[float], folding: Mapping[int, str], unknown: int
    ) -> None:
        self._pieces, self._scores, self._folding, self._unknown = pieces, scores, folding, unknown
        self._longest = max(map(len, pieces))
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        self._cached_pieces = functools.lru_cache(maxsize=20_000)(self._segment)

    def tokens(self, text: str) -> list[int]:
        """The pieces' numbers in order, without the start and end tokens of an input."""
        words = _SPACES.sub(_SPACE, text.translate(self._folding)).removeprefix(_SPACE).split(_SPACE)
        return [number for word in words for number in self._tokens_of(_SPACE + word)]

    def _tokens_of(self, word: str) -> Sequence[int]:
        return self._cached_pieces(word) if len(word) <= _MAX_CACHED_CHARS else self._segment(word)

    def _segment(self, word: str) -> Sequence[int]:
        """Viterbi's algorithm: ``best[end]`` is the highest score of any segmentation of ``word[:end]``."""
        best = [0.0] + [float("-inf")] * len(word)
        back_pointers: list[tuple[int, int]] = [(0, 0)] * (len(word) + 1)  # (where the last piece starts, its number)
        for start in range(len(word)):
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1], back_pointers[start + 1] = best[start] + self._unknown_score, (start, self._unknown)
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                number = self._pieces.get(word[start:end])
                if number is not None and (score := best[start] + self._scores[number]) > best[end]:
                    best[end], back_pointers[end] = score, (start, number)
        return _backtrack(back_pointers)


def _backtrack(back_pointers: Sequence[tuple[int, int]]) -> list[int]:
    numbers: list[int] = []
    end = len(back_pointers) - 1
    while end:
        end, number = back_pointers[end]
        numbers.append(number)
    return numbers[::-1]
