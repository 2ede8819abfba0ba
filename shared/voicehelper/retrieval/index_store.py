"""Writing the index: chunks, lexical weights and vectors of one document, and the counters BM25 needs.

Everything here runs inside the caller's transaction. Counters are updated last and in bucket order, so that two
documents of one base never wait for each other in a circle.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Connection
from voicehelper.ingestion.documents import Chunk
from voicehelper.retrieval.bm25 import document_frequencies, document_weights, packed
from voicehelper.retrieval.language import is_chinese

# COPY is refused under row-level security; arrays are the next fastest way in.
_INSERT_CHUNKS = """
    INSERT INTO chunk (id, tenant_id, kb_id, document_id, seq, title, content, page, place, meta)
    SELECT id, %(tenant_id)s, %(kb_id)s, %(document_id)s, seq, title, content, page, place, %(meta)s
      FROM unnest(%(ids)s::uuid[], %(seqs)s::int[], %(titles)s::text[], %(contents)s::text[], %(pages)s::int[],
                  %(places)s::jsonb[]) AS t (id, seq, title, content, page, place)
"""
_COPY_LEX = "COPY chunk_lex (chunk_id, tenant_id, kb_id, document_id, lex) FROM STDIN (FORMAT BINARY)"
_COPY_VEC = "COPY chunk_vec (chunk_id, tenant_id, kb_id, han, embedding) FROM STDIN (FORMAT BINARY)"


def replace_document_chunks(
    conn: Connection,
    *,
    tenant_id: UUID,
    kb_id: UUID,
    document_id: UUID,
    chunks: Sequence[Chunk],
    weights: Sequence[bytes],
    metadata: dict[str, Any],
) -> None:
    """Old chunks out, new ones in: from the commit on BM25 finds them. Vectors follow by ``add_vectors``.

    ``weights`` are those of ``lexical_weights``, made before the transaction: that takes longer than writing them.
    """
    before = _remove(conn, document_id, tenant_id=tenant_id)
    conn.execute(_INSERT_CHUNKS, _columns(chunks) | _owner(tenant_id, kb_id, document_id) | {"meta": Jsonb(metadata)})
    _copy_weights(conn, chunks, weights, tenant_id=tenant_id, kb_id=kb_id, document_id=document_id)
    after = Counter(document_frequencies(weights))
    after.subtract(before[0])
    _count(conn, after, len(chunks) - before[1], tenant_id=tenant_id, kb_id=kb_id)


def lexical_weights(chunks: Sequence[Chunk]) -> list[bytes]:
    """What BM25 finds each chunk by: its headings count like its text."""
    return [packed(document_weights(f"{chunk.title}\n{chunk.text}")) for chunk in chunks]


def delete_document_chunks(conn: Connection, *, tenant_id: UUID, kb_id: UUID, document_id: UUID) -> None:
    """The document answers nothing after the commit; repeating is harmless."""
    frequencies, chunks = _remove(conn, document_id, tenant_id=tenant_id)
    _count(
        conn, Counter({key: -count for key, count in frequencies.items()}), -chunks, tenant_id=tenant_id, kb_id=kb_id
    )


def add_vectors(
    conn: Connection,
    *,
    tenant_id: UUID,
    kb_id: UUID,
    document_id: UUID,
    chunks: Sequence[Chunk],
    vectors: Sequence[Any],
) -> None:
    """One vector per chunk, replacing those of an earlier run."""
    from pgvector import HalfVector

    _use_vector_types(conn)
    conn.execute(_DELETE_VECTORS, {"tenant_id": tenant_id, "document_id": document_id})
    with conn.cursor().copy(_COPY_VEC) as copy:
        copy.set_types(["uuid", "uuid", "uuid", "bool", "halfvec"])
        for chunk, vector in zip(chunks, vectors, strict=True):
            han = is_chinese(f"{chunk.title}\n{chunk.text}")
            copy.write_row((chunk.chunk_id, tenant_id, kb_id, han, HalfVector(vector)))


_DELETE_VECTORS = """
    DELETE FROM chunk_vec AS v USING chunk_lex AS l
     WHERE l.chunk_id = v.chunk_id AND l.document_id = %(document_id)s AND l.tenant_id = %(tenant_id)s
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
        "places": [json.dumps(_place(chunk), ensure_ascii=False) for chunk in chunks],
    }


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
    with conn.cursor().copy(_COPY_LEX) as copy:
        # The weights are in the column's own binary form, so they go as the bytes they are.
        copy.set_types(["uuid", "uuid", "uuid", "uuid", "bytea"])
        for chunk, weight in zip(chunks, weights, strict=True):
            copy.write_row((chunk.chunk_id, tenant_id, kb_id, document_id, weight))


def _use_vector_types(conn: Connection) -> None:
    """Once per connection: the types' numbers differ between databases."""
    from pgvector.psycopg import register_vector

    if conn.adapters.types.get("halfvec") is None:
        register_vector(conn)


_FREQUENCIES = """
    SELECT bucket, count(*)::int FROM (
      SELECT DISTINCT l.chunk_id, x & 65535 AS bucket FROM chunk_lex AS l, unnest(lex_terms(l.lex)) AS x
       WHERE l.document_id = %(document_id)s AND l.tenant_id = %(tenant_id)s) AS held
     GROUP BY bucket
"""
_DELETE_CHUNKS = "DELETE FROM chunk WHERE document_id = %(document_id)s AND tenant_id = %(tenant_id)s"


def _remove(conn: Connection, document_id: UUID, *, tenant_id: UUID) -> tuple[dict[int, int], int]:
    """({bucket: chunks that held it}, chunks) of what was there."""
    values = {"document_id": document_id, "tenant_id": tenant_id}
    removed = conn.execute(_FREQUENCIES, values).fetchall()
    deleted = conn.execute(_DELETE_CHUNKS, values).rowcount
    return {int(str(key)): int(str(count)) for key, count in removed}, deleted


_ADD_FREQUENCIES = """
    INSERT INTO lex_df (tenant_id, kb_id, bucket, df)
    SELECT %(tenant_id)s, %(kb_id)s, b, d FROM unnest(%(buckets)s::int[], %(counts)s::int[]) AS t (b, d) ORDER BY b
    ON CONFLICT (kb_id, bucket) DO UPDATE SET df = lex_df.df + excluded.df
"""
_ADD_CHUNKS = """
    INSERT INTO lex_stats (kb_id, tenant_id, chunks) VALUES (%(kb_id)s, %(tenant_id)s, %(chunks)s)
    ON CONFLICT (kb_id) DO UPDATE SET chunks = lex_stats.chunks + excluded.chunks
"""


def _count(conn: Connection, changes: Counter[int], chunks: int, *, tenant_id: UUID, kb_id: UUID) -> None:
    changed = {key: change for key, change in sorted(changes.items()) if change}
    values = {"tenant_id": tenant_id, "kb_id": kb_id, "chunks": chunks}
    if chunks:
        conn.execute(_ADD_CHUNKS, values)
    if changed:
        conn.execute(_ADD_FREQUENCIES, values | {"buckets": list(changed), "counts": list(changed.values())})
