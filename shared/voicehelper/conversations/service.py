"""Creates conversations, answers messages with the conversation's history, and lists them.

``send_message`` is the entry; ``functions/conversations`` are the callers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.events import Answered, Delta, final_answer
from voicehelper.conversations import store
from voicehelper.conversations.models import Conversation, Message, MessagePage, MessageSource, NewConversation
from voicehelper.conversations.store import CitedPage, MessageRow, NewMessageRow
from voicehelper.index.bases import require_base
from voicehelper.index.passage import Passage
from voicehelper.messages.language import Language
from voicehelper.retrieval.question import Question
from voicehelper.text.tokens import approximate_tokens

MAX_ROUNDS: Final = 10
MAX_HISTORY_TOKENS: Final = 4000

Answer = Callable[[Question], Iterable[Delta | Answered]]
MakeUrl = Callable[[UUID, int | None], str]


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
    reply = NewMessageRow("assistant", answered.text, cited_pages(answered.passages))
    with tenant.transaction() as tx:
        row = store.add_message(tx, turn.conversation_id, reply, owner_id=turn.owner_id)
    return show_message(row, make_url)


def _store_question(tenant: TenantDatabase, turn: Turn) -> Question:
    """Store the user's message, and return it as a question with the history before it."""
    with tenant.transaction() as tx:
        conversation = store.get_conversation(tx, turn.conversation_id, owner_id=turn.owner_id)
        earlier = store.list_messages(tx, turn.conversation_id, owner_id=turn.owner_id, limit=2 * MAX_ROUNDS)
        store.add_message(tx, turn.conversation_id, NewMessageRow("user", turn.content), owner_id=turn.owner_id)
    base_ids = [conversation.kb_id] if conversation.kb_id else None
    history = recent_history([(message.role, message.content) for message in earlier])
    return Question(text=turn.content, base_ids=base_ids, history=history, language=turn.language)


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


def cited_pages(passages: Sequence[Passage]) -> list[CitedPage]:
    """One per page: several chunks of a page are shown as one source."""
    pages = {(passage.document_id, passage.page): passage.title for passage in passages}
    return [CitedPage(str(document_id), page, title) for (document_id, page), title in pages.items()]


def show_message(row: MessageRow, make_url: MakeUrl) -> Message:
    sources = [
        MessageSource(title=source.title, url=make_url(UUID(source.document_id), source.page))
        for source in row.cited_pages
    ]
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        role=row.role,
        content=row.content,
        sources=sources,
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
        rows = store.list_messages(tx, conversation_id, owner_id=owner_id, limit=limit + 1, before_id=before_id)
    return MessagePage(items=[show_message(row, make_url) for row in rows[:limit]], has_more=len(rows) > limit)
