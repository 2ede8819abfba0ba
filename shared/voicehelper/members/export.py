"""What is kept about a person, for them to take along. Entry: ``export_user``, of ``functions/members/export_me.py``.

The profile and every membership, and of the workspace that the caller's token names the conversations with their
messages, and the tasks. In pages, since an answer of a function has 6 MB.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.identity.audit import record
from voicehelper.index.documents import hidden_documents
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language
from voicehelper.shapes.pages import Page, PageRequest

Kind = Literal["profile", "membership", "conversation", "message", "task"]


class Record(BaseModel):
    """One thing that is kept; ``content`` depends on the kind."""

    kind: Kind
    at: datetime
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Row:
    kind: Kind
    at: datetime
    content: dict[str, Any]
    documents: list[UUID]


# An answer names its documents, so that one from a base that has been closed to the caller is left out.
_RECORDS: Final = """
    WITH record (rank, kind, id, at, content, documents) AS (
      SELECT 1, 'profile', u.id, u.created_at,
             jsonb_build_object('id', u.id, 'email', u.email, 'username', u.username), '{}'::uuid[]
        FROM app_user AS u WHERE u.id = %(user_id)s
      UNION ALL
      SELECT 2, 'membership', m.tenant_id, m.joined_at,
             jsonb_build_object('workspace_id', m.tenant_id, 'workspace', t.name, 'role', m.role,
                                'last_seen_at', m.last_seen_at), '{}'
        FROM membership AS m JOIN tenant AS t ON t.id = m.tenant_id WHERE m.user_id = %(user_id)s
      UNION ALL
      SELECT 3, 'conversation', c.id, c.created_at, jsonb_build_object('id', 'conv-' || c.id, 'title', c.title), '{}'
        FROM conversation AS c WHERE c.tenant_id = %(tenant_id)s AND c.owner_id = %(user_id)s
      UNION ALL
      SELECT 4, 'message', s.id, s.created_at,
             jsonb_build_object('conversation_id', 'conv-' || c.id, 'role', s.role, 'content', s.content),
             ARRAY(SELECT (x ->> 'document_id')::uuid FROM jsonb_array_elements(s.sources) AS x)
        FROM message AS s JOIN conversation AS c ON c.id = s.conversation_id
       WHERE c.tenant_id = %(tenant_id)s AND c.owner_id = %(user_id)s
      UNION ALL
      SELECT 5, 'task', k.id, k.created_at,
             jsonb_build_object('id', 'task-' || k.id, 'task', k.task, 'status', k.status, 'ended_at', k.ended_at), '{}'
        FROM agent_task AS k WHERE k.tenant_id = %(tenant_id)s AND k.owner_id = %(user_id)s)
"""
_PAGE: Final = f"""{_RECORDS}
    SELECT kind, at, content, documents FROM record ORDER BY rank, id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608  (_RECORDS is a constant)
_COUNT: Final = f"{_RECORDS} SELECT count(*) FROM record"  # noqa: S608  (as above)


def export_user(tenant: TenantDatabase, page: PageRequest, *, user_id: UUID, language: Language) -> Page[Record]:
    """In an order that stays as more is added, so that pages that were read need not be read again."""
    with tenant.transaction() as tx:
        rows = tx.all(_Row, _PAGE, user_id=user_id, limit=page.page_size, offset=page.offset)
        record(tx, "export.made", str(user_id), page=page.page)
        items = [Record(kind=row.kind, at=row.at, content=row.content) for row in _as_seen(tx, rows, language)]
        return Page.of(items, tx.count(_COUNT, user_id=user_id), page)


def _as_seen(tx: Transaction, rows: list[_Row], language: Language) -> list[_Row]:
    hidden = hidden_documents(tx, {document for row in rows for document in row.documents})
    closed = {"content": message_for("SOURCE_CLOSED", language)} if hidden else {}
    return [replace(row, content=row.content | closed) if not hidden.isdisjoint(row.documents) else row for row in rows]
