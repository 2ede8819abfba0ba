"""What the function that delivers says to the one that sends, and what it hears: ids, bodies and outcomes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

# ``status`` means that the receiver answered with another status than success.
Failure = Literal["", "status", "timed_out", "unreachable", "address_refused", "no_answer"]


class Signer(BaseModel):
    """Which secret: ``SecretName`` without the webhook."""

    number: int
    key_version: int


class Post(BaseModel):
    delivery_id: UUID
    webhook_id: UUID
    url: str
    event: str
    body: str
    signers: list[Signer]


class Posts(BaseModel):
    """All of one workspace; sent side by side."""

    log_keys: ClassVar[tuple[str, ...]] = ()

    posts: Annotated[list[Post], Field(max_length=20)]


class Outcome(BaseModel):
    """``status`` is the receiver's, where it answered; ``retry_after_s`` what it asked for."""

    delivery_id: UUID
    status: int | None = None
    failure: Failure = ""
    retry_after_s: float = 0.0


class Outcomes(BaseModel):
    outcomes: list[Outcome]
