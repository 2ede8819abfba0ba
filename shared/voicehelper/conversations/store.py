"""Conversations and their messages in PostgreSQL; every statement filters by owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Connection
from voicehelper.conversations.models import ConversationDetails, NewConversation
from voicehelper.errors import NotFoundError
from voicehelper.shapes.ids import new_id


class ConversationNotFoundError(NotFoundError):
    code = "CONVERSATION_NOT_FOUND"


Row = dict[str, Any]

_COLUMNS = "id, title, kb_id, created_at, updated_at"

_INSERT = f"""
    INSERT INTO conversation (id, tenant_id, owner_id, kb_id, title)
    VALUES (%(id)s, %(tenant_id)s, %(owner_id)s, %(kb_id)s, %(title)s) RETURNING {_COLUMNS}
"""  # noqa: S608 - a constant of this file


def insert_conversation(
    conn: Connection, new: NewConversation, *, tenant_id: UUID, owner_id: UUID
) -> ConversationDetails:
    values = {"id": new_id(), "tenant_id": tenant_id, "owner_id": owner_id, "kb_id": new.kb_id, "title": new.title}
    with conn.cursor(row_factory=class_row(ConversationDetails)) as cursor:
        return cursor.execute(_INSERT.encode(), values).fetchall()[0]


_LIST = f"""
    SELECT {_COLUMNS} FROM conversation WHERE owner_id = %(owner_id)s
     ORDER BY updated_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608
_COUNT = "SELECT count(*) FROM conversation WHERE owner_id = %(owner_id)s"


def list_conversations(
    conn: Connection, *, owner_id: UUID, limit: int, offset: int
) -> tuple[list[ConversationDetails], int]:
    values = {"owner_id": owner_id, "limit": limit, "offset": offset}
    with conn.cursor(row_factory=class_row(ConversationDetails)) as cursor:
        items = cursor.execute(_LIST.encode(), values).fetchall()
    total = conn.execute(_COUNT, values).fetchone()
    return items, int(str(total[0])) if total else 0


_GET = f"SELECT {_COLUMNS} FROM conversation WHERE id = %(id)s AND owner_id = %(owner_id)s"  # noqa: S608


def get_conversation(conn: Connection, conversation_id: UUID, *, owner_id: UUID) -> ConversationDetails:
    with conn.cursor(row_factory=class_row(ConversationDetails)) as cursor:
        found = cursor.execute(_GET.encode(), {"id": conversation_id, "owner_id": owner_id}).fetchone()
    if found is None:
        raise ConversationNotFoundError
    return found


_DELETE = "DELETE FROM conversation WHERE id = %(id)s AND owner_id = %(owner_id)s RETURNING id"


def delete_conversation(conn: Connection, conversation_id: UUID, *, owner_id: UUID) -> None:
    if conn.execute(_DELETE, {"id": conversation_id, "owner_id": owner_id}).fetchone() is None:
        raise ConversationNotFoundError


_MESSAGES = """
    SELECT m.id, m.conversation_id, m.role, m.content, m.sources, m.created_at
      FROM message AS m
      JOIN conversation AS c ON c.id = m.conversation_id
     WHERE c.id = %(conversation_id)s AND c.owner_id = %(owner_id)s
       AND (%(before_id)s::uuid IS NULL OR m.id < %(before_id)s)
     ORDER BY m.id DESC LIMIT %(limit)s
"""


def list_messages(
    conn: Connection, conversation_id: UUID, *, owner_id: UUID, limit: int, before_id: UUID | None = None
) -> list[Row]:
    """Newest first."""
    values = {"conversation_id": conversation_id, "owner_id": owner_id, "before_id": before_id, "limit": limit}
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_MESSAGES, values).fetchall()


# The owner is checked again in the statement: the conversation may have gone while the answer was written.
_ADD = """
    WITH c AS (UPDATE conversation SET updated_at = now()
                WHERE id = %(conversation_id)s AND owner_id = %(owner_id)s RETURNING id, tenant_id)
    INSERT INTO message (id, tenant_id, conversation_id, role, content, sources)
    SELECT %(id)s, c.tenant_id, c.id, %(role)s, %(content)s, %(sources)s FROM c
    RETURNING id, conversation_id, role, content, sources, created_at
"""


def add_message(
    conn: Connection, conversation_id: UUID, *, owner_id: UUID, role: str, content: str, sources: list[Row]
) -> Row:
    values = {
        "id": new_id(),
        "conversation_id": conversation_id,
        "owner_id": owner_id,
        "role": role,
        "content": content,
        "sources": Jsonb(sources),
    }
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_ADD, values).fetchone()
    if row is None:
        raise ConversationNotFoundError
    return row
