"""API models of conversations and messages; ``service`` and ``functions/conversations`` use them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from voicehelper.answering.api import CONFIDENCE, Source
from voicehelper.answering.events import Missing, Status
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import ConversationId, KnowledgeBaseId, MessageId

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Content = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class NewConversation(Body):
    """Without ``kb_id`` the conversation searches every base of the caller's tenant."""

    title: Title
    kb_id: KnowledgeBaseId | None = None


class ConversationChange(Body):
    """Only what is given changes."""

    title: Title = ""


class Conversation(BaseModel):
    id: ConversationId
    title: str
    created_at: datetime


class ConversationDetails(Conversation):
    kb_id: KnowledgeBaseId | None
    updated_at: datetime


class NewMessage(Body):
    content: Content


class Message(BaseModel):
    """``status``, ``confidence``, ``closest`` and ``degraded`` are those of an answer; a user's message has none.

    A stored message keeps its sources with their quotes, and neither ``closest`` nor ``degraded``.
    """

    id: MessageId
    conversation_id: ConversationId
    role: Literal["user", "assistant"]
    content: str
    status: Status | None
    confidence: Annotated[float | None, Field(description=f"{CONFIDENCE} null for a user's message.")]
    sources: list[Source]
    closest: list[Source]
    degraded: list[Missing]
    created_at: datetime


class MessagePage(BaseModel):
    """Newest first; the next page starts from ``before_id`` = the last item's id while ``has_more``."""

    items: list[Message]
    has_more: bool
