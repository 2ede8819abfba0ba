"""Vectors on their way to the index: 16-bit floats, one row a chunk."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from voicehelper.ingestion.fitness import Fitness

if TYPE_CHECKING:
    from voicehelper.models.protocols import Embedder, Vector


def embed_distinct(texts: Sequence[str], embedder: Embedder) -> list[Vector]:
    """One vector per text, in order; equal texts are embedded once (forms and logs repeat themselves)."""
    distinct = list(dict.fromkeys(texts))
    by_text = dict(zip(distinct, embedder.embed_passages(distinct), strict=True))
    return [by_text[text] for text in texts]


def vectors_to_bytes(vectors: Sequence[Vector], fitness: Fitness) -> bytes:
    """A NumPy ``.npz`` file in memory: ``vectors`` of shape (n, dimensions), float16, and ``fitness`` of two counts."""
    buffer = io.BytesIO()
    counts = np.asarray([fitness.found, fitness.tried])
    np.savez(buffer, vectors=np.asarray(vectors, dtype=np.float16), fitness=counts)
    return buffer.getvalue()


def vectors_from_bytes(content: bytes) -> tuple[list[Vector], Fitness]:
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        found, tried = held["fitness"].tolist()
        return list(held["vectors"]), Fitness(found, tried)
