"""Knowledge bases in PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import errors as pg_errors
from psycopg.rows import class_row

from voicehelper.adapters.database import Connection
from voicehelper.errors import ConflictError
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.knowledge.models import KnowledgeBase, KnowledgeBaseDetails, NewKnowledgeBase


class KnowledgeBaseNameTakenError(ConflictError):
    code = "KNOWLEDGE_BASE_NAME_TAKEN"


_INSERT = """
    INSERT INTO knowledge_base (id, tenant_id, name, display_name, description, embedding_model)
    VALUES (%(id)s, %(tenant_id)s, %(name)s, %(display_name)s, %(description)s, %(embedding_model)s)
    RETURNING id, name, status
"""


def insert_base(
    conn: Connection, base_id: UUID, new: NewKnowledgeBase, *, tenant_id: UUID, embedding_model: str
) -> KnowledgeBase:
    values = new.model_dump() | {"id": base_id, "tenant_id": tenant_id, "embedding_model": embedding_model}
    try:
        with conn.cursor(row_factory=class_row(KnowledgeBase)) as cursor:
            return cursor.execute(_INSERT, values).fetchall()[0]
    except pg_errors.UniqueViolation as error:
        raise KnowledgeBaseNameTakenError(new.name) from error


_DETAILS = """
    SELECT b.id, b.name, b.status, b.display_name, b.description, b.embedding_model, b.created_at,
           count(d.id)::int AS document_count, coalesce(sum(d.chunk_count), 0)::int AS chunk_count
      FROM knowledge_base AS b
      LEFT JOIN document AS d ON d.kb_id = b.id AND d.tenant_id = b.tenant_id AND d.status <> 'deleting'
     WHERE b.tenant_id = %(tenant_id)s AND b.status = 'active' AND (%(id)s::uuid IS NULL OR b.id = %(id)s)
     GROUP BY b.id
     ORDER BY b.created_at DESC, b.id DESC
     LIMIT %(limit)s OFFSET %(offset)s
"""


def get_base(conn: Connection, base_id: UUID, *, tenant_id: UUID) -> KnowledgeBaseDetails:
    values = {"tenant_id": tenant_id, "id": base_id, "limit": 1, "offset": 0}
    with conn.cursor(row_factory=class_row(KnowledgeBaseDetails)) as cursor:
        found = cursor.execute(_DETAILS, values).fetchone()
    if found is None:
        raise KnowledgeBaseNotFoundError
    return found


_COUNT = "SELECT count(*) FROM knowledge_base WHERE tenant_id = %(tenant_id)s AND status = 'active'"


def list_bases(conn: Connection, *, tenant_id: UUID, limit: int, offset: int) -> tuple[list[KnowledgeBaseDetails], int]:
    values = {"tenant_id": tenant_id, "id": None, "limit": limit, "offset": offset}
    with conn.cursor(row_factory=class_row(KnowledgeBaseDetails)) as cursor:
        items = cursor.execute(_DETAILS, values).fetchall()
    return items, _total(conn, _COUNT, {"tenant_id": tenant_id})


def _total(conn: Connection, statement: str, values: dict[str, Any]) -> int:
    row = conn.execute(statement.encode(), values).fetchone()
    return int(str(row[0])) if row else 0


_MARK_DELETING = """
    UPDATE knowledge_base SET status = 'deleting', revision = revision + 1
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s RETURNING id
"""


def mark_base_deleting(conn: Connection, base_id: UUID, *, tenant_id: UUID) -> None:
    """From here on the base answers nothing; repeating is harmless."""
    if conn.execute(_MARK_DELETING, {"tenant_id": tenant_id, "id": base_id}).fetchone() is None:
        raise KnowledgeBaseNotFoundError


_DELETE = "DELETE FROM knowledge_base WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'deleting'"


def delete_base_row(conn: Connection, base_id: UUID, *, tenant_id: UUID) -> None:
    conn.execute(_DELETE, {"tenant_id": tenant_id, "id": base_id})


_ADOPT_MODEL = """
    UPDATE knowledge_base SET embedding_model = %(model)s, vector_leg = NULL, revision = revision + 1
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'active' RETURNING id
"""
_DROP_VECTORS = "DELETE FROM chunk_vec WHERE tenant_id = %(tenant_id)s AND kb_id = %(id)s"


def adopt_model(conn: Connection, base_id: UUID, *, tenant_id: UUID, model: str) -> None:
    """Remember the embedding model the base is built with from now on, and forget every vector of the old one."""
    values = {"tenant_id": tenant_id, "id": base_id, "model": model}
    if conn.execute(_ADOPT_MODEL, values).fetchone() is None:
        raise KnowledgeBaseNotFoundError
    conn.execute(_DROP_VECTORS, values)
