"""Is an embedding fit for this text? A sentence from the middle of a chunk should come near to its own chunk.

An unfit vector leg ruins a fused ranking at any weight, so it is switched per base from what its own text shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from voicehelper.text.sentences import sentences

if TYPE_CHECKING:
    from voicehelper.models.protocols import Embedder, Vector

SAMPLES: Final = 2  # a batch: some 40 ms beside the seconds its passages take
_FEWEST_CHUNKS: Final = 8  # among fewer, chance finds too much
_SHORTEST: Final = 12  # characters
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Fitness:
    """Of ``tried`` sentences, ``found`` came nearer to the chunk they stand in than to three quarters of the others."""

    found: int
    tried: int

    def __add__(self, other: Fitness) -> Fitness:
        return Fitness(self.found + other.found, self.tried + other.tried)


UNKNOWN: Final = Fitness(0, 0)


def check_fitness(texts: Sequence[str], vectors: Sequence[Vector], embedder: Embedder) -> Fitness:
    """``texts`` are the chunks without their titles, ``vectors`` theirs; nothing is tried among a few or equal ones."""
    if len(texts) < _FEWEST_CHUNKS or len(set(texts)) < len(texts):
        return UNKNOWN
    step = len(texts) // SAMPLES
    plain = [_DIGITS.sub("", text) for text in texts]
    picked = [(at, _own_sentence(at, texts[at], plain)) for at in range(0, step * SAMPLES, step)]
    chosen = [(at, sentence) for at, sentence in picked if sentence]
    matrix = np.asarray(vectors, dtype=np.float32)
    return Fitness(sum(_is_near(matrix, at, embedder.embed_query(sentence)) for at, sentence in chosen), len(chosen))


def _is_near(matrix: Any, own: int, query: Vector) -> bool:
    """Whether at most a quarter of all chunks are as near as the own one: forms and templates repeat themselves."""
    similarity = matrix @ np.asarray(query, dtype=np.float32)
    return bool((similarity >= similarity[own]).sum() <= len(matrix) // 4)


def _own_sentence(own: int, text: str, plain: Sequence[str]) -> str:
    """The middle one of those that stand in no other chunk, their numbers aside; empty where there is none."""
    others = [other for at, other in enumerate(plain) if at != own]
    candidates = [sentence for sentence in sentences(text) if len(sentence) >= _SHORTEST]
    unique = [s for s in candidates if not any(_DIGITS.sub("", s) in other for other in others)]
    return unique[len(unique) // 2] if unique else ""
