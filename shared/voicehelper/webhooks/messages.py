"""The message of the upload queue that says that deliveries may be due; it may come twice, early or late."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel

from voicehelper.adapters.invoke import Later
from voicehelper.adapters.queues import Queue

_LONGEST_DELAY_S: Final = 900  # of a message in SQS


class WebhooksDue(BaseModel):
    kind: Literal["webhooks"] = "webhooks"
    tenant_id: UUID
    not_before: datetime | None = None


def send_when_due(queue: Queue, message: WebhooksDue, *, now: datetime) -> None:
    """A message waits a quarter of an hour at most, and is sent again until its time; nobody asks the database."""
    queue.send(message.model_dump(mode="json"), delay_s=min(_LONGEST_DELAY_S, math.ceil(_left_s(message, now))))


def pass_on(message: WebhooksDue, *, queue: Queue, deliver_later: Later, now: datetime) -> None:
    """To the function that delivers, or back into the queue."""
    if _left_s(message, now) > 1:
        send_when_due(queue, message, now=now)
    else:
        deliver_later(message.model_dump(mode="json"))


def _left_s(message: WebhooksDue, now: datetime) -> float:
    return max(0.0, (message.not_before - now).total_seconds()) if message.not_before else 0.0
