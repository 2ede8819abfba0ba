from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from voicehelper.ingestion.fitness import Fitness
from voicehelper.ingestion.vectors import embed_distinct, vectors_from_bytes, vectors_to_bytes


class RecordingEmbedder:
    """The length of each text as its vector; remembers what it embedded."""

    model, dimensions = "lengths", 1

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_query(self, text: str) -> np.ndarray:
        return np.asarray([len(text)], dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> list[np.ndarray]:
        self.embedded += texts
        return [self.embed_query(text) for text in texts]


def test_equal_texts_are_embedded_once_and_vectors_keep_the_order_of_texts() -> None:
    embedder = RecordingEmbedder()
    vectors = embed_distinct(["long text", "short", "long text"], embedder)

    assert embedder.embedded == ["long text", "short"]
    assert [vector[0] for vector in vectors] == [9, 5, 9]


def test_vectors_and_fitness_are_the_same_after_storage() -> None:
    vectors = [np.asarray([0.25, -0.5, 0.125], dtype=np.float32) for _ in range(3)]
    restored, fitness = vectors_from_bytes(vectors_to_bytes(vectors, Fitness(3, 4)))

    assert np.allclose(restored, vectors, atol=1e-3)
    assert fitness == Fitness(3, 4)
