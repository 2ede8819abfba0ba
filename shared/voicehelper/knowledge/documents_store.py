"""Documents in PostgreSQL, as callers see them. What the pipeline writes is in ``ingestion/store.py``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Connection
from voicehelper.errors import NotFoundError
from voicehelper.knowledge.models import ChunkView


class DocumentNotFoundError(NotFoundError):
    code = "DOCUMENT_NOT_FOUND"


# An upload that was announced an hour ago and never came is a failure, told when somebody looks: nothing
# wakes the database on a schedule.
_STATUS = """
    CASE WHEN d.status = 'processing' AND d.stage = 'awaiting_upload' AND d.created_at < now() - interval '1 hour'
         THEN 'failed' ELSE d.status END
"""

_SELECT = f"""
    SELECT d.id, d.kb_id, d.filename, d.size_bytes, d.sha256, d.metadata, {_STATUS} AS status, d.stage, d.attempt,
           d.error_code, d.error_details, d.warnings, d.pages_total, d.pages_with_text, d.characters,
           d.chunk_count, d.vector_count, d.created_at,
           extract(epoch FROM coalesce(d.finished_at, now()) - d.started_at)::float8 AS seconds
      FROM document AS d
      JOIN knowledge_base AS b ON b.id = d.kb_id AND b.status = 'active'
     WHERE d.tenant_id = %(tenant_id)s AND d.status <> 'deleting'
"""  # noqa: S608 - both parts are constants of this file

Row = dict[str, Any]


def get_document(conn: Connection, document_id: UUID, *, tenant_id: UUID) -> Row:
    with conn.cursor(row_factory=dict_row) as cursor:
        values = {"tenant_id": tenant_id, "id": document_id}
        row = cursor.execute(f"{_SELECT} AND d.id = %(id)s".encode(), values).fetchone()
    if row is None:
        raise DocumentNotFoundError
    return row


_LIST = f"{_SELECT} AND d.kb_id = %(kb_id)s ORDER BY d.created_at DESC, d.id DESC LIMIT %(limit)s OFFSET %(offset)s"
_COUNT = """
    SELECT count(*) FROM document WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status <> 'deleting'
"""


def list_documents(conn: Connection, kb_id: UUID, *, tenant_id: UUID, limit: int, offset: int) -> tuple[list[Row], int]:
    values = {"tenant_id": tenant_id, "kb_id": kb_id, "limit": limit, "offset": offset}
    with conn.cursor(row_factory=dict_row) as cursor:
        items = cursor.execute(_LIST.encode(), values).fetchall()
    total = conn.execute(_COUNT, values).fetchone()
    return items, int(str(total[0])) if total else 0


# The same bytes in one base are one document (KB-9): the second upload finds the first. A failed one starts again.
_UPSERT = """
    INSERT INTO document AS d (id, tenant_id, kb_id, filename, size_bytes, sha256, metadata, stage)
    VALUES (%(id)s, %(tenant_id)s, %(kb_id)s, %(filename)s, %(size_bytes)s, %(sha256)s, %(metadata)s, 'awaiting_upload')
    ON CONFLICT (kb_id, sha256) WHERE status <> 'deleting' DO UPDATE
       SET attempt = CASE WHEN d.status = 'failed' THEN d.attempt + 1 ELSE d.attempt END,
           stage = CASE WHEN d.status = 'failed' THEN 'awaiting_upload' ELSE d.stage END,
           started_at = CASE WHEN d.status = 'failed' THEN now() ELSE d.started_at END,
           finished_at = CASE WHEN d.status = 'failed' THEN NULL ELSE d.finished_at END,
           status = CASE WHEN d.status = 'failed' THEN 'processing' ELSE d.status END
    RETURNING id, status
"""


def announce_document(conn: Connection, document: Row) -> tuple[UUID, str]:
    """(id, status) of the document these bytes are; ``sha256`` is None for a direct upload that named no digest."""
    with conn.cursor() as cursor:
        row = cursor.execute(_UPSERT, document | {"metadata": Jsonb(document["metadata"])}).fetchall()[0]
    return UUID(str(row[0])), str(row[1])


_CHUNKS = """
    SELECT id, seq AS sequence, title, content, page FROM chunk
     WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s ORDER BY seq LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT_CHUNKS = "SELECT count(*) FROM chunk WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s"


def list_chunks(
    conn: Connection, document_id: UUID, *, tenant_id: UUID, limit: int, offset: int
) -> tuple[list[ChunkView], int]:
    values = {"tenant_id": tenant_id, "document_id": document_id, "limit": limit, "offset": offset}
    with conn.cursor(row_factory=class_row(ChunkView)) as cursor:
        items = cursor.execute(_CHUNKS, values).fetchall()
    total = conn.execute(_COUNT_CHUNKS, values).fetchone()
    return items, int(str(total[0])) if total else 0
