"""Writing the index: chunks, lexical weights and vectors of one document, and the counters BM25 needs.

``PgvectorIndex`` is the caller, and everything runs inside its transaction. Counters are updated last, and the base's
number of chunks before the others, so that two documents of one base cannot deadlock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.index.bm25 import chunk_weights, counter_pages, document_frequencies, sparsevec_bytes
from voicehelper.index.chunk import Chunk
from voicehelper.index.pgvector.graph import entity_columns
from voicehelper.index.protocol import IndexCounts
from voicehelper.models.protocols import Vector
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.text.language import is_chinese
from voicehelper.text.other_names.declared import name_rows

# COPY is refused under row-level security; arrays are the next fastest, twice as fast in binary form (%b).
_INSERT_CHUNKS: Final = """
    INSERT INTO chunk (id, tenant_id, kb_id, document_id, seq, title, content, page, place, meta)
    SELECT id, %(tenant_id)s, %(kb_id)s, %(document_id)s, seq, title, content, page, place::jsonb, %(meta)s
      FROM unnest(%(ids)b::uuid[], %(seqs)b::int[], %(titles)b::text[], %(contents)b::text[], %(pages)b::int[],
                  %(places)b::text[]) AS t (id, seq, title, content, page, place)
"""
_INSERT_NAMES: Final = """
    INSERT INTO declared_name (chunk_id, tenant_id, kb_id, key, other)
    SELECT chunk_id, %(tenant_id)s, %(kb_id)s, key, other
      FROM unnest(%(chunk_ids)b::uuid[], %(keys)b::text[], %(others)b::text[]) AS t (chunk_id, key, other)
"""
_COPY_LEX: Final = "COPY chunk_lex (chunk_id, tenant_id, kb_id, document_id, lex) FROM STDIN (FORMAT BINARY)"
_COPY_VEC: Final = "COPY chunk_vec (chunk_id, tenant_id, kb_id, han, embedding) FROM STDIN (FORMAT BINARY)"
# Ids, weights and vectors are sent in their columns' own binary form.
_LEX_TYPES: Final = ["bytea"] * 5
_VEC_TYPES: Final = ["bytea", "bytea", "bytea", "bool", "bytea"]


@dataclass(frozen=True, slots=True)
class PreparedText:
    """Columns of the chunk rows, of the other names they declare and of what they are named by, each chunk's weights
    as binary ``sparsevec``, and the counters all of them add to.
    """

    chunk_ids: Sequence[UUID]
    columns: Mapping[str, Any]
    names: Mapping[str, Any]
    weights: Sequence[bytes]
    counters: Mapping[int, str]
    entities: Mapping[str, Any]


def prepare_text(chunks: Sequence[Chunk]) -> PreparedText:
    weights = chunk_weights(chunks)
    return PreparedText(
        chunk_ids=[chunk.chunk_id for chunk in chunks],
        columns=_columns(chunks),
        names=_names(chunks),
        weights=[sparsevec_bytes(of_chunk) for of_chunk in weights],
        counters=counter_pages(document_frequencies(weights)),
        entities=entity_columns(chunks),
    )


def replace_text(tx: Transaction, ref: DocumentRef, text: PreparedText, metadata: Mapping[str, Any]) -> None:
    _insert(tx, ref, text, metadata, _remove(tx, ref))


def put_chunks(tx: Transaction, ref: DocumentRef, text: PreparedText, metadata: Mapping[str, Any]) -> None:
    """In place of those with the same ids."""
    _insert(tx, ref, text, metadata, _remove_some(tx, ref, text.chunk_ids))


def remove_chunks(tx: Transaction, ref: DocumentRef, chunk_ids: Sequence[UUID]) -> int:
    """Returns the number of chunks that there were."""
    return _uncount(tx, ref, _remove_some(tx, ref, chunk_ids))


def _insert(
    tx: Transaction, ref: DocumentRef, text: PreparedText, metadata: Mapping[str, Any], removal: _Removal
) -> None:
    tx.run(_INSERT_CHUNKS, **text.columns, **_ids(ref), meta=Jsonb(dict(metadata)))
    owner = (ref.tenant_id.bytes, ref.kb_id.bytes, ref.document_id.bytes)
    rows = ((key.bytes, *owner, weights) for key, weights in zip(text.chunk_ids, text.weights, strict=True))
    tx.copy_in(_COPY_LEX, _LEX_TYPES, rows)
    if text.names["keys"]:
        tx.run(_INSERT_NAMES, kb_id=ref.kb_id, **text.names)
    _count(tx, ref.kb_id, [removal.counters, text.counters], chunks=len(text.chunk_ids) - removal.chunks)


def delete(tx: Transaction, ref: DocumentRef) -> int:
    """Returns the number of chunks that there were."""
    return _uncount(tx, ref, _remove(tx, ref))


def _uncount(tx: Transaction, ref: DocumentRef, removal: _Removal) -> int:
    _count(tx, ref.kb_id, [removal.counters], chunks=-removal.chunks)
    return removal.chunks


_DELETE_VECTORS: Final = """
    DELETE FROM chunk_vec AS v USING chunk_lex AS l
     WHERE l.chunk_id = v.chunk_id AND l.kb_id = %(kb_id)s AND l.document_id = %(document_id)s
       AND l.tenant_id = %(tenant_id)s
"""


@dataclass(frozen=True, slots=True)
class PreparedVector:
    """A chunk's vector as binary ``halfvec``, and whether the chunk's text is Chinese."""

    chunk_id: UUID
    is_chinese: bool
    halfvec: bytes


def prepare_vectors(chunks: Sequence[Chunk], vectors: Iterable[Vector]) -> list[PreparedVector]:
    from pgvector import HalfVector  # 16 ms, and whoever searches imports this module, too

    return [
        PreparedVector(chunk.chunk_id, is_chinese(f"{chunk.title}\n{chunk.text}"), HalfVector(vector).to_binary())
        for chunk, vector in zip(chunks, vectors, strict=True)
    ]


def add_vectors(tx: Transaction, ref: DocumentRef, vectors: Sequence[PreparedVector]) -> None:
    tx.run(_DELETE_VECTORS, **_ids(ref))
    insert_vectors(tx, ref, vectors)


def insert_vectors(tx: Transaction, ref: DocumentRef, vectors: Sequence[PreparedVector]) -> None:
    """Of chunks that have none."""
    owner = (ref.tenant_id.bytes, ref.kb_id.bytes)
    rows = ((vector.chunk_id.bytes, *owner, vector.is_chinese, vector.halfvec) for vector in vectors)
    tx.copy_in(_COPY_VEC, _VEC_TYPES, rows)


_DROP_VECTORS: Final = "DELETE FROM chunk_vec WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s"


def drop_vectors(tx: Transaction, kb_id: UUID) -> None:
    tx.run(_DROP_VECTORS, kb_id=kb_id)


_COUNT_CONTENT: Final = """
    SELECT (SELECT count(*) FROM chunk WHERE document_id = %(document_id)s AND tenant_id = %(tenant_id)s) AS chunks,
           (SELECT count(*) FROM chunk_vec AS v JOIN chunk AS c ON c.id = v.chunk_id
             WHERE c.document_id = %(document_id)s AND c.tenant_id = %(tenant_id)s) AS vectors
"""


def count(tx: Transaction, ref: DocumentRef) -> IndexCounts:
    return tx.all(IndexCounts, _COUNT_CONTENT, document_id=ref.document_id)[0]


_SET_METADATA: Final = """
    UPDATE chunk SET meta = %(meta)s WHERE document_id = %(document_id)s AND tenant_id = %(tenant_id)s
"""


def set_metadata(tx: Transaction, ref: DocumentRef, metadata: Mapping[str, Any]) -> int:
    """Returns the number of chunks."""
    return tx.run(_SET_METADATA, document_id=ref.document_id, meta=Jsonb(dict(metadata)))


def _ids(ref: DocumentRef) -> dict[str, UUID]:
    return {"kb_id": ref.kb_id, "document_id": ref.document_id}


def _columns(chunks: Sequence[Chunk]) -> dict[str, Any]:
    return {
        "ids": [chunk.chunk_id for chunk in chunks],
        "seqs": [chunk.sequence for chunk in chunks],
        "titles": [chunk.title for chunk in chunks],
        "contents": [chunk.text for chunk in chunks],
        "pages": [chunk.place.page for chunk in chunks],
        "places": [_encode(_place(chunk)) for chunk in chunks],
    }


def _names(chunks: Sequence[Chunk]) -> dict[str, Any]:
    rows = [(chunk.chunk_id, key, other) for chunk in chunks for key, other in name_rows(chunk.text, chunk.title)]
    return {
        "chunk_ids": [chunk_id for chunk_id, _, _ in rows],
        "keys": [key for _, key, _ in rows],
        "others": [other for _, _, other in rows],
    }


_encode = json.JSONEncoder(ensure_ascii=False).encode  # dumps() builds one for each call


def _place(chunk: Chunk) -> dict[str, Any]:
    """What a citation needs besides the page, without the fields that are None."""
    place = chunk.place
    facts = {
        "sheet": place.sheet,
        "first_row": place.first_row,
        "last_row": place.last_row,
        "attachment": place.attachment,
        "recognised": place.recognised,
        "heading_path": list(chunk.heading_path) or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


_FREQUENCIES: Final = """
    SELECT bucket, -count(*)::int AS change FROM (
      SELECT DISTINCT l.chunk_id, x & 65535 AS bucket FROM chunk_lex AS l, unnest(lex_terms(l.lex)) AS x
       WHERE l.kb_id = %(kb_id)s AND l.document_id = %(document_id)s AND l.tenant_id = %(tenant_id)s) AS present
     GROUP BY bucket
"""
_DELETE_CHUNKS: Final = "DELETE FROM chunk WHERE document_id = %(document_id)s AND tenant_id = %(tenant_id)s"


_FREQUENCIES_OF_SOME: Final = """
    SELECT bucket, -count(*)::int AS change FROM (
      SELECT DISTINCT l.chunk_id, x & 65535 AS bucket FROM chunk_lex AS l, unnest(lex_terms(l.lex)) AS x
       WHERE l.chunk_id = ANY(%(chunk_ids)s) AND l.kb_id = %(kb_id)s AND l.document_id = %(document_id)s
         AND l.tenant_id = %(tenant_id)s) AS present
     GROUP BY bucket
"""
_DELETE_SOME: Final = """
    DELETE FROM chunk
     WHERE id = ANY(%(chunk_ids)s) AND document_id = %(document_id)s AND tenant_id = %(tenant_id)s
"""


@dataclass(frozen=True, slots=True)
class _BucketChange:
    bucket: int
    change: int


@dataclass(frozen=True, slots=True)
class _Removal:
    counters: dict[int, str]
    chunks: int


def _remove(tx: Transaction, ref: DocumentRef) -> _Removal:
    """Delete the document's chunks; ``counters`` are the changes of the frequencies, below zero."""
    changes = tx.all(_BucketChange, _FREQUENCIES, **_ids(ref))
    deleted = tx.run(_DELETE_CHUNKS, document_id=ref.document_id)
    return _Removal(counter_pages({row.bucket: row.change for row in changes}), deleted)


def _remove_some(tx: Transaction, ref: DocumentRef, chunk_ids: Sequence[UUID]) -> _Removal:
    changes = tx.all(_BucketChange, _FREQUENCIES_OF_SOME, **_ids(ref), chunk_ids=list(chunk_ids))
    deleted = tx.run(_DELETE_SOME, document_id=ref.document_id, chunk_ids=list(chunk_ids))
    return _Removal(counter_pages({row.bucket: row.change for row in changes}), deleted)


_ADD_FREQUENCIES: Final = """
    INSERT INTO lex_df_page (tenant_id, kb_id, page, df)
    SELECT %(tenant_id)s, %(kb_id)s, page, change::sparsevec::vector
      FROM unnest(%(pages)s::int[], %(changes)s::text[]) AS t (page, change)
    ON CONFLICT (kb_id, page) DO UPDATE SET df = lex_df_page.df + excluded.df
"""
_ADD_CHUNKS: Final = """
    INSERT INTO lex_stats (kb_id, tenant_id, chunks) VALUES (%(kb_id)s, %(tenant_id)s, %(chunks)s)
    ON CONFLICT (kb_id) DO UPDATE SET chunks = lex_stats.chunks + excluded.chunks
"""


def _count(tx: Transaction, kb_id: UUID, changes: Sequence[Mapping[int, str]], *, chunks: int) -> None:
    if not (chunks or any(changes)):
        return
    tx.run(_ADD_CHUNKS, kb_id=kb_id, chunks=chunks)
    for pages in filter(None, changes):
        tx.run(_ADD_FREQUENCIES, kb_id=kb_id, pages=list(pages), changes=list(pages.values()))
