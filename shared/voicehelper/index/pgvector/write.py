"""Writing the index: chunks, lexical weights and vectors of one document, and the counters BM25 needs.

Everything here runs inside the caller's transaction. Counters are updated last, and the base's number of chunks
before the others, so that two documents of one base never wait for each other in a circle.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Connection
from voicehelper.index.bm25 import counter_pages, document_frequencies, document_weights, packed
from voicehelper.index.chunk import Chunk
from voicehelper.text.language import is_chinese

if TYPE_CHECKING:
    from voicehelper.models.protocols import Vector

# COPY is refused under row-level security; arrays are the next fastest way in, twice as fast in binary form (%b).
_INSERT_CHUNKS = """
    INSERT INTO chunk (id, tenant_id, kb_id, document_id, seq, title, content, page, place, meta)
    SELECT id, %(tenant_id)s, %(kb_id)s, %(document_id)s, seq, title, content, page, place::jsonb, %(meta)s
      FROM unnest(%(ids)b::uuid[], %(seqs)b::int[], %(titles)b::text[], %(contents)b::text[], %(pages)b::int[],
                  %(places)b::text[]) AS t (id, seq, title, content, page, place)
"""
_COPY_LEX = "COPY chunk_lex (chunk_id, tenant_id, kb_id, document_id, lex) FROM STDIN (FORMAT BINARY)"
_COPY_VEC = "COPY chunk_vec (chunk_id, tenant_id, kb_id, han, embedding) FROM STDIN (FORMAT BINARY)"


@dataclass(frozen=True, slots=True)
class Lexical:
    """Each chunk's packed BM25 weights, and the pages of counters that all of them together add to."""

    weights: Sequence[bytes]
    counters: dict[int, str]


@dataclass(frozen=True, slots=True)
class ChunkVector:
    """A chunk's vector as pgvector's binary ``halfvec``, and whether the chunk's text is Chinese."""

    chunk_id: UUID
    han: bool
    packed: bytes


def replace_document_chunks(
    conn: Connection,
    *,
    tenant_id: UUID,
    kb_id: UUID,
    document_id: UUID,
    chunks: Sequence[Chunk],
    lexical: Lexical,
    metadata: dict[str, Any],
) -> None:
    """Old chunks out, new ones in: from the commit on BM25 finds them. Vectors follow by ``add_vectors``.

    ``lexical`` is made before the transaction by ``lexical_of``: that takes longer than writing it.
    """
    removed = _remove(conn, _owner(tenant_id, kb_id, document_id))
    conn.execute(_INSERT_CHUNKS, _columns(chunks) | _owner(tenant_id, kb_id, document_id) | {"meta": Jsonb(metadata)})
    _copy_weights(conn, chunks, lexical.weights, tenant_id=tenant_id, kb_id=kb_id, document_id=document_id)
    changes = [removed.counters, lexical.counters]
    _count(conn, changes, len(chunks) - removed.chunks, tenant_id=tenant_id, kb_id=kb_id)


def lexical_of(chunks: Sequence[Chunk]) -> Lexical:
    """What BM25 finds the chunks by: their headings count like their text."""
    weights = [document_weights(f"{chunk.title}\n{chunk.text}") for chunk in chunks]
    return Lexical([packed(of_chunk) for of_chunk in weights], counter_pages(document_frequencies(weights)))


def delete_document_chunks(conn: Connection, *, tenant_id: UUID, kb_id: UUID, document_id: UUID) -> None:
    """The document answers nothing after the commit; repeating is harmless."""
    removed = _remove(conn, _owner(tenant_id, kb_id, document_id))
    _count(conn, [removed.counters], -removed.chunks, tenant_id=tenant_id, kb_id=kb_id)


def add_vectors(
    conn: Connection, *, tenant_id: UUID, kb_id: UUID, document_id: UUID, vectors: Sequence[ChunkVector]
) -> None:
    """One vector per chunk, replacing those of an earlier run; made before the transaction by ``packed_vectors``."""
    conn.execute(_DELETE_VECTORS, _owner(tenant_id, kb_id, document_id))
    owner = (tenant_id.bytes, kb_id.bytes)
    with conn.cursor().copy(_COPY_VEC) as copy:
        copy.set_types(["bytea", "bytea", "bytea", "bool", "bytea"])  # in their columns' own binary form as well
        for vector in vectors:
            copy.write_row((vector.chunk_id.bytes, *owner, vector.han, vector.packed))


def packed_vectors(chunks: Sequence[Chunk], vectors: Sequence[Vector]) -> list[ChunkVector]:
    from pgvector import HalfVector

    return [
        ChunkVector(chunk.chunk_id, is_chinese(f"{chunk.title}\n{chunk.text}"), HalfVector(vector).to_binary())
        for chunk, vector in zip(chunks, vectors, strict=True)
    ]


_DELETE_VECTORS = """
    DELETE FROM chunk_vec AS v USING chunk_lex AS l
     WHERE l.chunk_id = v.chunk_id AND l.kb_id = %(kb_id)s AND l.document_id = %(document_id)s
       AND l.tenant_id = %(tenant_id)s
"""


def _owner(tenant_id: UUID, kb_id: UUID, document_id: UUID) -> dict[str, Any]:
    return {"tenant_id": tenant_id, "kb_id": kb_id, "document_id": document_id}


def _columns(chunks: Sequence[Chunk]) -> dict[str, Any]:
    return {
        "ids": [chunk.chunk_id for chunk in chunks],
        "seqs": [chunk.sequence for chunk in chunks],
        "titles": [chunk.title for chunk in chunks],
        "contents": [chunk.text for chunk in chunks],
        "pages": [chunk.place.page for chunk in chunks],
        "places": [_encoded(_place(chunk)) for chunk in chunks],
    }


_encoded = json.JSONEncoder(ensure_ascii=False).encode  # dumps() builds one for each call


def _place(chunk: Chunk) -> dict[str, Any]:
    """What a citation needs beside the page; absent keys are absent facts."""
    place = chunk.place
    facts = {
        "sheet": place.sheet,
        "first_row": place.first_row,
        "last_row": place.last_row,
        "attachment": place.attachment,
        "heading_path": list(chunk.heading_path) or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _copy_weights(
    conn: Connection,
    chunks: Sequence[Chunk],
    weights: Sequence[bytes],
    *,
    tenant_id: UUID,
    kb_id: UUID,
    document_id: UUID,
) -> None:
    owner = (tenant_id.bytes, kb_id.bytes, document_id.bytes)
    with conn.cursor().copy(_COPY_LEX) as copy:
        copy.set_types(["bytea"] * 5)  # all of it is in its column's own binary form
        for chunk, weight in zip(chunks, weights, strict=True):
            copy.write_row((chunk.chunk_id.bytes, *owner, weight))


_FREQUENCIES = """
    SELECT bucket, -count(*)::int FROM (
      SELECT DISTINCT l.chunk_id, x & 65535 AS bucket FROM chunk_lex AS l, unnest(lex_terms(l.lex)) AS x
       WHERE l.kb_id = %(kb_id)s AND l.document_id = %(document_id)s AND l.tenant_id = %(tenant_id)s) AS held
     GROUP BY bucket
"""
_DELETE_CHUNKS = "DELETE FROM chunk WHERE document_id = %(document_id)s AND tenant_id = %(tenant_id)s"


class _Removed(NamedTuple):
    counters: dict[int, str]
    chunks: int


def _remove(conn: Connection, owner: dict[str, Any]) -> _Removed:
    """What was there, with its counts below zero."""
    held = conn.execute(_FREQUENCIES, owner).fetchall()
    deleted = conn.execute(_DELETE_CHUNKS, owner).rowcount
    return _Removed(counter_pages({int(str(key)): int(str(count)) for key, count in held}), deleted)


_ADD_FREQUENCIES = """
    INSERT INTO lex_df_page (tenant_id, kb_id, page, df)
    SELECT %(tenant_id)s, %(kb_id)s, page, change::sparsevec::vector
      FROM unnest(%(pages)s::int[], %(changes)s::text[]) AS t (page, change)
    ON CONFLICT (kb_id, page) DO UPDATE SET df = lex_df_page.df + excluded.df
"""
_ADD_CHUNKS = """
    INSERT INTO lex_stats (kb_id, tenant_id, chunks) VALUES (%(kb_id)s, %(tenant_id)s, %(chunks)s)
    ON CONFLICT (kb_id) DO UPDATE SET chunks = lex_stats.chunks + excluded.chunks
"""


def _count(conn: Connection, changes: Sequence[dict[int, str]], chunks: int, *, tenant_id: UUID, kb_id: UUID) -> None:
    if not (chunks or any(changes)):
        return
    base = {"tenant_id": tenant_id, "kb_id": kb_id}
    conn.execute(_ADD_CHUNKS, base | {"chunks": chunks})
    for pages in filter(None, changes):
        conn.execute(_ADD_FREQUENCIES, base | {"pages": list(pages), "changes": list(pages.values())})
