"""A turn of a conversation: the same path as a single question, with the conversation's memory (CONV-2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.service import Answered, Question
from voicehelper.conversations import store
from voicehelper.conversations.models import Conversation, Message, MessagePage, MessageSource, NewConversation
from voicehelper.index.bases import base_facts
from voicehelper.messages import Language
from voicehelper.text.tokens import approximate_tokens

MAX_ROUNDS = 10
MAX_HISTORY_TOKENS = 4000

Answer = Callable[[Question], Answered]
MakeUrl = Callable[[UUID, int | None], str]


@dataclass(frozen=True, slots=True)
class Turn:
    conversation_id: UUID
    owner_id: UUID
    content: str
    language: Language


def create_conversation(tenant: TenantDatabase, new: NewConversation, *, owner_id: UUID) -> Conversation:
    """KnowledgeBaseNotFoundError when the named base is not the tenant's."""
    with tenant.transaction() as conn:
        if new.kb_id is not None:
            base_facts(conn, tenant_id=tenant.tenant_id, base_ids=[new.kb_id])
        created = store.insert_conversation(conn, new, tenant_id=tenant.tenant_id, owner_id=owner_id)
    return Conversation(id=created.id, title=created.title, created_at=created.created_at)


def send_message(tenant: TenantDatabase, turn: Turn, *, answer: Answer, make_url: MakeUrl) -> Message:
    """Answer one message. The user's message is kept even when answering fails: nothing typed is lost."""
    with tenant.transaction() as conn:
        conversation = store.get_conversation(conn, turn.conversation_id, owner_id=turn.owner_id)
        earlier = store.list_messages(conn, turn.conversation_id, owner_id=turn.owner_id, limit=2 * MAX_ROUNDS)
        store.add_message(
            conn, turn.conversation_id, owner_id=turn.owner_id, role="user", content=turn.content, sources=[]
        )
    base_ids = [conversation.kb_id] if conversation.kb_id else None
    history = recent_history([(row["role"], row["content"]) for row in earlier])
    answered = answer(Question(text=turn.content, base_ids=base_ids, history=history, language=turn.language))
    with tenant.transaction() as conn:
        row = store.add_message(
            conn,
            turn.conversation_id,
            owner_id=turn.owner_id,
            role="assistant",
            content=answered.text,
            sources=message_sources(answered),
        )
    return show_message(row, make_url)


def recent_history(newest_first: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(role, content), oldest first: as many of the newest messages as fit the token limit."""
    kept: list[tuple[str, str]] = []
    left = MAX_HISTORY_TOKENS
    for role, content in newest_first:
        left -= approximate_tokens(content)
        if left < 0:
            break
        kept.append((role, content))
    return kept[::-1]


def message_sources(answered: Answered) -> list[store.Row]:
    """What a link needs, one per page: several chunks of a page are one source to a reader."""
    pages = {(passage.document_id, passage.page): passage.title for passage in answered.passages}
    return [
        {"document_id": str(document_id), "page": page, "title": title} for (document_id, page), title in pages.items()
    ]


def show_message(row: store.Row, make_url: MakeUrl) -> Message:
    sources = [
        MessageSource(title=item["title"], url=make_url(UUID(item["document_id"]), item["page"]))
        for item in row["sources"]
    ]
    return Message(**{**row, "sources": sources})


def list_messages(
    tenant: TenantDatabase,
    conversation_id: UUID,
    *,
    owner_id: UUID,
    limit: int,
    before_id: UUID | None,
    make_url: MakeUrl,
) -> MessagePage:
    with tenant.transaction() as conn:
        store.get_conversation(conn, conversation_id, owner_id=owner_id)
        rows = store.list_messages(conn, conversation_id, owner_id=owner_id, limit=limit + 1, before_id=before_id)
    return MessagePage(items=[show_message(row, make_url) for row in rows[:limit]], has_more=len(rows) > limit)
