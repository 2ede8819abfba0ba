"""Is an embedding fit for this text? A sentence from the middle of a chunk should come nearest to its own chunk.

An unfit vector leg ruins a fused ranking at any weight, so it is switched per base from what its own text shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from voicehelper.retrieval.sentences import sentences

if TYPE_CHECKING:
    from voicehelper.llm.embedding import Embedder, Vector

SAMPLES: Final = 2  # a batch: some 40 ms beside the seconds its passages take
_FEWEST_CHUNKS: Final = 8  # among fewer, chance finds too much
_SHORTEST: Final = 12  # characters


@dataclass(frozen=True, slots=True)
class Fitness:
    """Of ``tried`` sentences, ``found`` came nearest to the chunk they stand in."""

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
    chosen = [(at, sentence) for at in range(0, step * SAMPLES, step) if (sentence := _middle_sentence(texts[at]))]
    matrix = np.asarray(vectors, dtype=np.float32)
    nearest = [int(np.argmax(matrix @ np.asarray(embedder.embed_query(sentence)))) for _, sentence in chosen]
    return Fitness(sum(at == found for (at, _), found in zip(chosen, nearest, strict=True)), len(chosen))


def _middle_sentence(text: str) -> str:
    long_enough = [sentence for sentence in sentences(text) if len(sentence) >= _SHORTEST]
    return long_enough[len(long_enough) // 2] if long_enough else ""
