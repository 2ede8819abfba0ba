from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
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

    assert restored == [[0.25, -0.5, 0.125]] * 3
    assert fitness == Fitness(3, 4)


def test_a_batch_without_vectors_is_the_same_after_storage() -> None:
    assert vectors_from_bytes(vectors_to_bytes([], Fitness(0, 0))) == ([], Fitness(0, 0))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"VHV1",
        b"PK" + bytes(60),
        vectors_to_bytes([[0.5, 0.5]], Fitness(0, 0))[:-1],
        vectors_to_bytes([[0.5, 0.5]], Fitness(0, 0)) + b"\0",
    ],
)
def test_other_bytes_are_no_vectors(content: bytes) -> None:
    with pytest.raises(ValueError, match="not the vectors"):
        vectors_from_bytes(content)
