"""Tests whether the embedding model suits a document's language: is a chunk near to a sentence of its own?

Entry function: ``check_fitness``, called by the embedding step for each batch. Vectors of an unsuitable model ruin a
fused ranking at any weight, so vector search is switched per knowledge base by the sum of these tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voicehelper.text.sentences import sentences

if TYPE_CHECKING:
    from voicehelper.models.protocols import Embedder, Vector

SAMPLES: Final = 2  # per batch: some 40 ms, against seconds for its passages
_MIN_CHUNKS: Final = 8  # among fewer, chance is too good
_MIN_SENTENCE_LENGTH: Final = 12  # characters
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Fitness:
    """Of ``tried`` sentences, ``found`` were nearer to their own chunk than to three quarters of the others."""

    found: int
    tried: int

    def __add__(self, other: Fitness) -> Fitness:
        return Fitness(self.found + other.found, self.tried + other.tried)


UNKNOWN: Final = Fitness(0, 0)


def check_fitness(texts: Sequence[str], vectors: Sequence[Vector], embedder: Embedder) -> Fitness:
    """``texts`` are the chunks without titles, ``vectors`` theirs. UNKNOWN for few chunks, or equal ones."""
    if len(texts) < _MIN_CHUNKS or len(set(texts)) < len(texts):
        return UNKNOWN
    step = len(texts) // SAMPLES
    without_digits = [_DIGITS.sub("", text) for text in texts]
    candidates = [(own, _unique_sentence(own, texts[own], without_digits)) for own in range(0, step * SAMPLES, step)]
    samples = [(own, sentence) for own, sentence in candidates if sentence]
    import numpy as np  # the indexing step reads the counts alone, without it

    matrix = np.asarray(vectors, dtype=np.float32)
    return Fitness(sum(_is_near(matrix, own, embedder.embed_query(text)) for own, text in samples), len(samples))


def _is_near(matrix: Any, own: int, query: Vector) -> bool:
    """Whether at most a quarter of all chunks are as near as the sentence's own; not the nearest, as forms repeat."""
    similarity = matrix @ query
    return bool((similarity >= similarity[own]).sum() <= len(matrix) // 4)


def _unique_sentence(own: int, text: str, without_digits: Sequence[str]) -> str:
    """The middle one of the sentences that, numbers aside, no other chunk contains; empty without one."""
    others = [other for index, other in enumerate(without_digits) if index != own]
    candidates = [sentence for sentence in sentences(text) if len(sentence) >= _MIN_SENTENCE_LENGTH]
    unique = [s for s in candidates if not any(_DIGITS.sub("", s) in other for other in others)]
    return unique[len(unique) // 2] if unique else ""
