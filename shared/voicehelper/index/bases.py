"""What a search must know of a knowledge base before it begins; who manages bases is ``knowledge``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from voicehelper.adapters.database import Connection
from voicehelper.errors import NotFoundError


class KnowledgeBaseNotFoundError(NotFoundError):
    code = "KNOWLEDGE_BASE_NOT_FOUND"


_FACTS = """
    SELECT id, embedding_model, vector_leg, revision FROM knowledge_base
     WHERE tenant_id = %(tenant_id)s AND status = 'active' AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s))
"""


def base_facts(conn: Connection, *, tenant_id: UUID, base_ids: list[UUID] | None) -> list[dict[str, Any]]:
    """What a search must know of each base; None means every base of the tenant.

    Raises KnowledgeBaseNotFoundError when one of the named bases is not there.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_FACTS, {"tenant_id": tenant_id, "ids": base_ids}).fetchall()
    if base_ids is not None and len(rows) < len(set(base_ids)):
        raise KnowledgeBaseNotFoundError
    return rows
