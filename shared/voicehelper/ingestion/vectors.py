"""Embeds chunks, and serializes their vectors between the embedding and the indexing step, which has no NumPy.

Entry functions: ``embed_distinct``, ``vectors_to_bytes`` and ``vectors_from_bytes``, called by the steps.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from voicehelper.ingestion.fitness import Fitness

if TYPE_CHECKING:
    from voicehelper.models.protocols import Embedder, Vector


def embed_distinct(texts: Sequence[str], embedder: Embedder) -> list[Vector]:
    """One vector per text, in order; equal texts, common in forms and logs, are embedded once."""
    distinct = list(dict.fromkeys(texts))
    by_text = dict(zip(distinct, embedder.embed_passages(distinct), strict=True))
    return [by_text[text] for text in texts]


# Magic, number of vectors, dimensions, and the two counts of the self-check; then the vectors, one after the other.
_HEADER: Final = struct.Struct("<4s4I")
_MAGIC: Final = b"VHV1"


def vectors_to_bytes(vectors: Sequence[Vector], fitness: Fitness) -> bytes:
    """A header and the vectors as little-endian 16-bit floats (IEEE 754 binary16), all of the same dimensions."""
    dimensions = len(vectors[0]) if len(vectors) else 0
    header = _HEADER.pack(_MAGIC, len(vectors), dimensions, fitness.found, fitness.tried)
    return header + b"".join(struct.pack(f"<{dimensions}e", *vector) for vector in vectors)


def vectors_from_bytes(content: bytes) -> tuple[list[Vector], Fitness]:
    """The inverse of ``vectors_to_bytes``; ValueError for other bytes."""
    magic, count, dimensions, found, tried = _HEADER.unpack_from(content.ljust(_HEADER.size, b"\0"))
    row = struct.Struct(f"<{dimensions}e")
    if magic != _MAGIC or len(content) != _HEADER.size + count * row.size:
        raise ValueError("not the vectors of a batch")
    starts = range(_HEADER.size, len(content), row.size) if row.size else ()
    return [list(row.unpack_from(content, start)) for start in starts], Fitness(found, tried)
