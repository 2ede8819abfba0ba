"""Vectors on their way to the index: 16-bit floats, one row a chunk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from voicehelper.llm.embedding import Embedder, Vector


def embed_distinct(texts: Sequence[str], embedder: Embedder) -> list[Vector]:
    """One vector per text, in order; equal texts are embedded once (forms and logs repeat themselves)."""
    distinct = list(dict.fromkeys(texts))
    by_text = dict(zip(distinct, embedder.embed_passages(distinct), strict=True))
    return [by_text[text] for text in texts]


def vectors_to_bytes(vectors: Sequence[Vector]) -> bytes:
    """A NumPy ``.npy`` file in memory: shape (n, dimensions), float16."""
    import io

    buffer = io.BytesIO()
    np.save(buffer, np.asarray(vectors, dtype=np.float16), allow_pickle=False)
    return buffer.getvalue()


def vectors_from_bytes(content: bytes) -> list[Vector]:
    import io

    return list(np.load(io.BytesIO(content), allow_pickle=False))
