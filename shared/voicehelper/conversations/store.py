"""Conversations and their messages in PostgreSQL; every statement filters by owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.answering.events import Status
from voicehelper.conversations.models import ConversationChange, ConversationDetails, NewConversation
from voicehelper.errors import NotFoundError
from voicehelper.shapes.ids import new_id

Role = Literal["user", "assistant"]


class ConversationNotFoundError(NotFoundError):
    code = "CONVERSATION_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A source as stored with a message. Of the passage it keeps the quote alone: what a deleted document said at
    length goes with the document. Messages from before have neither chunk nor quote.
    """

    document_id: str
    page: int | None
    title: str
    chunk_id: str = ""
    filename: str = ""
    quote: str = ""
    score: float = 0.0
    cited: bool = True
    recognised: float | None = None


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: UUID
    conversation_id: UUID
    role: Role
    content: str
    sources: list[dict[str, Any]]
    status: Status | None
    confidence: float | None
    created_at: datetime

    @property
    def cited_pages(self) -> list[CitedPage]:
        return [CitedPage(**source) for source in self.sources]


@dataclass(frozen=True, slots=True)
class NewMessageRow:
    role: Role
    content: str
    cited_pages: Sequence[CitedPage] = ()
    status: Status | None = None
    confidence: float | None = None


_INSERT: Final = """
    INSERT INTO conversation (id, tenant_id, owner_id, kb_id, title)
    VALUES (%(id)s, %(tenant_id)s, %(owner_id)s, %(kb_id)s, %(title)s)
    RETURNING id, title, kb_id, created_at, updated_at
"""


def insert_conversation(tx: Transaction, new: NewConversation, *, owner_id: UUID) -> ConversationDetails:
    values = {"id": new_id(), "owner_id": owner_id, "kb_id": new.kb_id, "title": new.title}
    return tx.all(ConversationDetails, _INSERT, **values)[0]


_LIST: Final = """
    SELECT id, title, kb_id, created_at, updated_at FROM conversation WHERE owner_id = %(owner_id)s
     ORDER BY updated_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT: Final = "SELECT count(*) FROM conversation WHERE owner_id = %(owner_id)s"


def list_conversations(tx: Transaction, *, owner_id: UUID, limit: int, offset: int) -> list[ConversationDetails]:
    """Most recently used first."""
    return tx.all(ConversationDetails, _LIST, owner_id=owner_id, limit=limit, offset=offset)


def count_conversations(tx: Transaction, *, owner_id: UUID) -> int:
    return tx.count(_COUNT, owner_id=owner_id)


_GET: Final = """
    SELECT id, title, kb_id, created_at, updated_at FROM conversation WHERE id = %(id)s AND owner_id = %(owner_id)s
"""


def get_conversation(tx: Transaction, conversation_id: UUID, *, owner_id: UUID) -> ConversationDetails:
    if conversation := tx.one(ConversationDetails, _GET, id=conversation_id, owner_id=owner_id):
        return conversation
    raise ConversationNotFoundError


_RENAME: Final = "UPDATE conversation SET title = %(title)s WHERE id = %(id)s AND owner_id = %(owner_id)s"


def update_conversation(
    tx: Transaction, conversation_id: UUID, change: ConversationChange, *, owner_id: UUID
) -> ConversationDetails:
    """Its place among the others stays: a title is no use of it."""
    if "title" in change.model_fields_set:
        tx.run(_RENAME, id=conversation_id, owner_id=owner_id, title=change.title)
    return get_conversation(tx, conversation_id, owner_id=owner_id)


_DELETE: Final = "DELETE FROM conversation WHERE id = %(id)s AND owner_id = %(owner_id)s"


def delete_conversation(tx: Transaction, conversation_id: UUID, *, owner_id: UUID) -> None:
    if not tx.run(_DELETE, id=conversation_id, owner_id=owner_id):
        raise ConversationNotFoundError


_MESSAGES: Final = """
    SELECT m.id, m.conversation_id, m.role, m.content, m.sources, m.status, m.confidence, m.created_at
      FROM message AS m
      JOIN conversation AS c ON c.id = m.conversation_id
     WHERE c.id = %(conversation_id)s AND c.owner_id = %(owner_id)s
       AND (%(before_id)s::uuid IS NULL OR m.id < %(before_id)s)
     ORDER BY m.id DESC LIMIT %(limit)s
"""


def list_messages(
    tx: Transaction, conversation_id: UUID, *, owner_id: UUID, limit: int, before_id: UUID | None = None
) -> list[MessageRow]:
    """Newest first."""
    values = {"conversation_id": conversation_id, "owner_id": owner_id, "before_id": before_id, "limit": limit}
    return tx.all(MessageRow, _MESSAGES, **values)


# Filters by owner again, as the conversation may have been deleted while the answer was generated.
_ADD: Final = """
    WITH c AS (UPDATE conversation SET updated_at = now()
                WHERE id = %(conversation_id)s AND owner_id = %(owner_id)s RETURNING id, tenant_id)
    INSERT INTO message (id, tenant_id, conversation_id, role, content, sources, status, confidence)
    SELECT %(id)s, c.tenant_id, c.id, %(role)s, %(content)s, %(sources)s, %(status)s, %(confidence)s FROM c
    RETURNING id, conversation_id, role, content, sources, status, confidence, created_at
"""


def add_message(tx: Transaction, conversation_id: UUID, new: NewMessageRow, *, owner_id: UUID) -> MessageRow:
    values = {"id": new_id(), "conversation_id": conversation_id, "owner_id": owner_id}
    sources = Jsonb([asdict(page) for page in new.cited_pages])
    said = {"role": new.role, "content": new.content, "status": new.status, "confidence": new.confidence}
    if row := tx.one(MessageRow, _ADD, **values, **said, sources=sources):
        return row
    raise ConversationNotFoundError
