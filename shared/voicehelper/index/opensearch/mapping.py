"""The index in OpenSearch: its fields, and how a chunk becomes a document of it.

``upkeep`` writes it with ``body_of``, ``recall`` reads it.

Words are ``rank_features``, {term id: weight}, the weights being those of PostgreSQL: what is recalled is what the
database would find, for an analyser of OpenSearch would count by other words and by the texts of all tenants.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

KnnEngine = Literal["lucene", "faiss"]

FIELDS: Final[Mapping[str, Any]] = {
    "tenant_id": {"type": "keyword"},
    "kb_id": {"type": "keyword"},
    "document_id": {"type": "keyword"},
    "facts": {"type": "keyword"},  # of the metadata
    "han": {"type": "boolean"},
    "words": {"type": "rank_features"},
    # Their sums tell whether two sets of chunks are the same (``repair``).
    "mark": {"type": "long"},
    "dimensions": {"type": "long"},  # of its vector; 0 without one
}
_MARK_BITS: Final = 24  # sums of 2^29 chunks are exact as doubles


@dataclass(slots=True)
class ChunkRow:
    """A chunk as PostgreSQL holds it; ``words`` is the text of a ``sparsevec``, ``vector`` None without one."""

    id: UUID
    seq: int
    tenant_id: UUID
    kb_id: UUID
    document_id: UUID
    meta: dict[str, Any]
    words: str
    han: bool | None
    vector: list[float] | None


def index_body() -> dict[str, Any]:
    return {"settings": {"index": {"knn": True}}, "mappings": {"dynamic": "strict", "properties": FIELDS}}


def vector_field(dimensions: int) -> str:
    """One field for each number of dimensions, since a base may be built anew with another model."""
    return f"vector_{dimensions}"


def vector_mapping(dimensions: int, engine: KnnEngine) -> dict[str, Any]:
    """Every engine orders unit vectors by ``l2`` as by their cosine; not every one takes zeros for a cosine."""
    method = {"name": "hnsw", "engine": engine, "space_type": "l2"}
    return {"properties": {vector_field(dimensions): {"type": "knn_vector", "dimension": dimensions, "method": method}}}


def body_of(row: ChunkRow) -> dict[str, Any]:
    body = {
        "tenant_id": str(row.tenant_id),
        "kb_id": str(row.kb_id),
        "document_id": str(row.document_id),
        "facts": sorted(facts(row.meta)),
        "words": weights_of(row.words),
        "mark": mark_of(row.id),
        "dimensions": len(row.vector or ()),
    }
    if row.vector:
        body |= {"han": row.han, vector_field(len(row.vector)): unit_vector(row.vector)}
    return body


def mark_of(chunk_id: UUID) -> int:
    return chunk_id.int >> (128 - _MARK_BITS)


def unit_vector(vector: Sequence[float]) -> list[float]:
    """Plain numbers for JSON, of whatever kind a model's are."""
    values = [float(value) for value in vector]
    length = math.sqrt(math.fsum(value * value for value in values)) or 1.0
    return [round(value / length, 6) for value in values]


def weights_of(sparsevec: str) -> dict[str, float]:
    """``{3:0.5,9:1.25}/1000000000`` → {"3": 0.5, "9": 1.25}."""
    entries = sparsevec[1 : sparsevec.rindex("}")]
    pairs = (entry.split(":") for entry in entries.split(",") if entry)
    return {term: float(weight) for term, weight in pairs}


def facts(metadata: Mapping[str, Any]) -> set[str]:
    """What a metadata filter must share with a chunk's metadata to be contained in it: every path with its value.

    Necessary, not sufficient: items of a list have their list's path. The database decides.
    """
    return {hashlib.blake2b(fact.encode(), digest_size=12).hexdigest() for fact in _facts(metadata, "")}


def _facts(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _facts(part, f"{path}/{json.dumps(key)}")
    elif isinstance(value, list):
        for item in value:
            yield from _facts(item, path)
    else:
        yield f"{path}={_plain(value)}"


def _plain(value: Any) -> str:
    """1 and 1.0 are one number, as in PostgreSQL, and neither is true."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{Decimal(repr(value)).normalize():f}"
    return json.dumps(value)
