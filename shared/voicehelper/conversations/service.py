"""Creates conversations, answers messages with the conversation's history, and lists them.

``send_message`` is the entry; ``functions/conversations`` are the callers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.answering.api import Source
from voicehelper.answering.events import Answered, Delta, SourcePassage, final_answer
from voicehelper.answering.response import MakeUrl, show_source, title_of
from voicehelper.conversations import store
from voicehelper.conversations.models import Conversation, Message, MessagePage, NewConversation
from voicehelper.conversations.store import CitedPage, MessageRow, NewMessageRow
from voicehelper.index.bases import require_base
from voicehelper.index.documents import hidden_documents
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language
from voicehelper.retrieval.question import Question
from voicehelper.shapes.ids import NOWHERE
from voicehelper.text.language import text_language
from voicehelper.text.tokens import approximate_tokens

MAX_ROUNDS: Final = 10
MAX_HISTORY_TOKENS: Final = 4000

Answer = Callable[[Question], Iterable[Delta | Answered]]


@dataclass(frozen=True, slots=True)
class Turn:
    conversation_id: UUID
    owner_id: UUID
    content: str
    language: Language


def create_conversation(tenant: TenantDatabase, new: NewConversation, *, owner_id: UUID) -> Conversation:
    """KnowledgeBaseNotFoundError if the base does not exist for this tenant."""
    with tenant.transaction() as tx:
        if new.kb_id is not None:
            require_base(tx, new.kb_id)
        created = store.insert_conversation(tx, new, owner_id=owner_id)
    return Conversation(id=created.id, title=created.title, created_at=created.created_at)


def send_message(tenant: TenantDatabase, turn: Turn, *, answer: Answer, make_url: MakeUrl) -> Message:
    """Answer one message. The user's message is stored first, so it is not lost if answering fails."""
    question = _store_question(tenant, turn)
    answered = final_answer(answer(question))
    pages = [cited_page(source) for source in answered.sources]
    reply = NewMessageRow("assistant", answered.text, pages, answered.status, answered.confidence)
    with tenant.transaction() as tx:
        row = store.add_message(tx, turn.conversation_id, reply, owner_id=turn.owner_id)
    return show_message(row, make_url).model_copy(
        update={
            "sources": [show_source(source, make_url) for source in answered.sources],
            "closest": [show_source(source, make_url) for source in answered.closest],
            "degraded": list(answered.degraded),
        }
    )


def _store_question(tenant: TenantDatabase, turn: Turn) -> Question:
    """Store the user's message, and return it as a question with the history before it."""
    with tenant.transaction() as tx:
        conversation = store.get_conversation(tx, turn.conversation_id, owner_id=turn.owner_id)
        earlier = _as_seen(
            tx, store.list_messages(tx, turn.conversation_id, owner_id=turn.owner_id, limit=2 * MAX_ROUNDS)
        )
        store.add_message(tx, turn.conversation_id, NewMessageRow("user", turn.content), owner_id=turn.owner_id)
    base_ids = [conversation.kb_id] if conversation.kb_id else None
    history = recent_history([(message.role, message.content) for message in earlier])
    return Question(
        text=turn.content, base_ids=base_ids, history=history, language=turn.language, use_cache=not history
    )


def _as_seen(tx: Transaction, rows: Sequence[MessageRow]) -> list[MessageRow]:
    """Without the answers that stand on a base which has been closed to the caller since."""
    cited = {row.id: {UUID(page.document_id) for page in row.cited_pages} for row in rows}
    hidden = hidden_documents(tx, set().union(*cited.values()))
    return [_closed(row) if hidden & cited[row.id] else row for row in rows]


def _closed(row: MessageRow) -> MessageRow:
    return replace(row, content=message_for("SOURCE_CLOSED", text_language(row.content)), sources=[])


def recent_history(newest_first: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(role, content), oldest first: as many of the newest messages as fit the token limit."""
    history: list[tuple[str, str]] = []
    tokens_left = MAX_HISTORY_TOKENS
    for role, content in newest_first:
        tokens_left -= approximate_tokens(content)
        if tokens_left < 0:
            break
        history.append((role, content))
    return history[::-1]


def cited_page(source: SourcePassage) -> CitedPage:
    passage = source.passage
    return CitedPage(
        document_id=str(passage.document_id),
        page=passage.page,
        title=title_of(passage),
        chunk_id=str(passage.chunk_id),
        filename=source.filename,
        quote=source.quote,
        score=passage.score,
        cited=source.is_cited,
        recognised=passage.place.recognised,
    )


def stored_source(stored: CitedPage, make_url: MakeUrl) -> Source:
    document_id = UUID(stored.document_id)
    return Source(
        document_id=document_id,
        chunk_id=UUID(stored.chunk_id) if stored.chunk_id else NOWHERE,
        filename=stored.filename,
        title=stored.title,
        page=stored.page,
        quote=stored.quote,
        content=stored.quote,
        score=stored.score,
        cited=stored.cited,
        url=make_url(document_id, stored.page),
        recognised=stored.recognised,
    )


def show_message(row: MessageRow, make_url: MakeUrl) -> Message:
    """As it is stored."""
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        role=row.role,
        content=row.content,
        status=row.status,
        confidence=row.confidence,
        sources=[stored_source(stored, make_url) for stored in row.cited_pages],
        closest=[],
        degraded=[],
        created_at=row.created_at,
    )


def list_messages(
    tenant: TenantDatabase,
    conversation_id: UUID,
    *,
    owner_id: UUID,
    limit: int,
    before_id: UUID | None,
    make_url: MakeUrl,
) -> MessagePage:
    with tenant.transaction() as tx:
        store.get_conversation(tx, conversation_id, owner_id=owner_id)
        rows = _as_seen(
            tx, store.list_messages(tx, conversation_id, owner_id=owner_id, limit=limit + 1, before_id=before_id)
        )
    return MessagePage(items=[show_message(row, make_url) for row in rows[:limit]], has_more=len(rows) > limit)
