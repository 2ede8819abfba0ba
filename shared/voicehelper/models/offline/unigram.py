"""SentencePiece's unigram model: text → numbers of vocabulary pieces.

``UnigramTokenizer.tokens`` is the entry; ``OfflineEmbedder`` calls it. Kudo, "Subword Regularization", ACL 2018: of all
segmentations of a text, the one with the highest sum of scores. The vocabulary is sorted text in a mapped file: a
dictionary of 250,000 pieces would cost every process a sixth of a second and 45 MB, and a text needs few of them.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SEPARATOR: Final = "\0"  # after each piece; no piece contains it
_SPACE: Final = "\u2581"  # stands for a space at the start of a word; no piece has one further in
_SPACES: Final = re.compile(" +")
_MAX_CACHED_CHARS: Final = 24  # longer words seldom repeat
_MAX_CACHED_PREFIXES: Final = 65_536  # more than the vocabulary has
_UNKNOWN_PENALTY: Final = 10.0
_PREFIX_CHARS: Final = 2
_ABOVE_UTF8: Final = b"\xff"  # no UTF-8 text has this byte, so it sorts after every continuation of a prefix


@dataclass(frozen=True, slots=True)
class SortedPieces:
    """Pieces in the order of their UTF-8 bytes; ``ends[i]`` is where the i-th one ends in ``text``, its separator
    included. ``numbers`` are theirs in the vocabulary, in the same order.
    """

    text: bytes | memoryview
    ends: Sequence[int]
    numbers: Sequence[int]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, rank: int) -> bytes:
        return bytes(self.text[self._start(rank) : self.ends[rank] - 1])

    def starting_with(self, prefix: str) -> dict[str, int]:
        """Numbers of the pieces that start with these two characters, and of the first character if it is a piece."""
        pieces = self._between(_encoded(prefix)) if len(prefix) == _PREFIX_CHARS else {}
        first = _encoded(prefix[0])
        if (rank := bisect_left(self, first)) < len(self) and self[rank] == first:
            pieces[prefix[0]] = self.numbers[rank]
        return pieces

    def _between(self, prefix: bytes) -> dict[str, int]:
        first, end = bisect_left(self, prefix), bisect_left(self, prefix + _ABOVE_UTF8)
        if first == end:
            return {}
        text = bytes(self.text[self._start(first) : self.ends[end - 1] - 1]).decode()
        return dict(zip(text.split(SEPARATOR), self.numbers[first:end], strict=True))

    def _start(self, rank: int) -> int:
        return self.ends[rank - 1] if rank else 0


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    pieces: SortedPieces
    scores: Sequence[float]  # log probabilities by number
    folding: Mapping[int, str]  # as for ``str.translate``
    unknown: int  # the number that stands for a character without a piece
    longest: int  # characters of the longest piece
    lowest_score: float


class UnigramTokenizer:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._scores, self._folding, self._unknown = vocabulary.scores, vocabulary.folding, vocabulary.unknown
        self._longest = vocabulary.longest
        self._unknown_score = vocabulary.lowest_score - _UNKNOWN_PENALTY
        self._starting_with = functools.lru_cache(maxsize=_MAX_CACHED_PREFIXES)(vocabulary.pieces.starting_with)
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
            pieces = self._starting_with(word[start : start + _PREFIX_CHARS])
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                number = pieces.get(word[start:end])
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
