"""API models of webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, Field, JsonValue, StringConstraints

from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import DeliveryId, KnowledgeBaseId, WebhookId

Event = Literal[
    "document.indexed",
    "document.failed",
    "task.completed",
    "task.failed",
    "task.cancelled",
    "task.timed_out",
    "task.waiting",
]
EVENTS: Final = get_args(Event)
PING: Final = "ping"
DeliveryStatus = Literal["pending", "delivered", "dead"]
MOST_WEBHOOKS: Final = 20

Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    Field(description="https, a public host; redirects are not followed.", examples=["https://receiver.example/hooks"]),
]


def _once(values: list[Event]) -> list[Event]:
    return list(dict.fromkeys(values))


Events = Annotated[list[Event], Field(min_length=1, max_length=len(EVENTS) * 4), AfterValidator(_once)]
Bases = Annotated[
    list[KnowledgeBaseId] | None,
    Field(min_length=1, max_length=100, description="Only what is about these bases; null for the whole workspace."),
]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class NewWebhook(Body):
    url: Url
    events: Events
    bases: Bases = None
    description: Description = ""


class WebhookChange(Body):
    """What is not named stays; null for ``bases`` is the whole workspace. ``rotate_secret`` makes a new secret; the one
    before signs as well for a day.
    """

    url: Url | None = None
    events: Events | None = None
    bases: Bases = None
    description: Description | None = None
    enabled: bool | None = None
    rotate_secret: bool = False

    @property
    def names_bases(self) -> bool:
        return "bases" in self.model_fields_set


class Webhook(BaseModel):
    """``disabled_reason`` is ``gone`` where the receiver answered 410."""

    id: WebhookId
    url: str
    events: list[str]
    bases: list[KnowledgeBaseId] | None
    description: str
    enabled: bool
    disabled_reason: str
    created_at: datetime
    updated_at: datetime


class CreatedWebhook(Webhook):
    secret: Annotated[str, Field(description="Shown this once; deliveries are signed with it.")]


class ChangedWebhook(Webhook):
    secret: Annotated[str | None, Field(description="The new one, where the change asked for it; shown this once.")]


class Delivery(BaseModel):
    """``last_status`` is the receiver's HTTP status; ``last_error`` says what else went wrong at the last attempt."""

    id: DeliveryId
    event: str
    content: dict[str, JsonValue]
    status: DeliveryStatus
    attempts: int
    last_status: int | None
    last_error: str
    created_at: datetime
    next_attempt_at: datetime | None
    ended_at: datetime | None
