"""Embeds chunks, and serializes their vectors between the embedding and the indexing step: 16-bit floats.

Entry functions: ``embed_distinct``, ``vectors_to_bytes`` and ``vectors_from_bytes``, called by the steps.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from voicehelper.ingestion.fitness import Fitness

if TYPE_CHECKING:
    from voicehelper.models.protocols import Embedder, Vector


def embed_distinct(texts: Sequence[str], embedder: Embedder) -> list[Vector]:
    """One vector per text, in order; equal texts, common in forms and logs, are embedded once."""
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
    """The inverse of ``vectors_to_bytes``."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        found, tried = archive["fitness"].tolist()
        return list(archive["vectors"]), Fitness(found, tried)
