"""Has due deliveries of one workspace sent: ``deliver``, called by a message of the upload queue; may run many times.

Two transactions a batch: due rows are taken (they come due again should this process die), sent by the function
outside the network, and settled. Whatever is left brings one message for its time: ``webhook_clock`` says when the next
one comes, so that repeated messages do not multiply.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ValidationError

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.queues import Queue
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity.audit import record
from voicehelper.observability.logs import logger
from voicehelper.observability.metrics import count
from voicehelper.shapes.ids import show
from voicehelper.webhooks import outbox
from voicehelper.webhooks.messages import WebhooksDue, send_when_due
from voicehelper.webhooks.posts import Outcome, Outcomes, Post, Posts

AT_ONCE: Final = 10
MOST_BATCHES: Final = 5  # some minute of slow receivers; what is left has a message of its own
_FIRST_DELAY_S: Final = 30.0
_LONGEST_DELAY_S: Final = 3 * 3600.0
_GONE: Final = 410

Send = Callable[[dict[str, Any]], dict[str, Any]]  # ``Posts`` → ``Outcomes``, as JSON


@dataclass(frozen=True, slots=True)
class Courier:
    """``send`` calls the function outside the network; ``jitter`` is between 0 and 1."""

    database: Database
    queue: Queue
    send: Send
    jitter: Callable[[], float] = field(default=random.random)


def deliver(due: WebhooksDue, courier: Courier) -> None:
    batches = 0
    while taken := _take(due.tenant_id, courier, limit=AT_ONCE if batches < MOST_BATCHES else 0):
        outcomes = _send(taken, courier.send)
        with courier.database.transaction(due.tenant_id) as tx:
            for delivery in taken:
                _settle(tx, delivery, outcomes.get(delivery.id), courier.jitter())
            outbox.forget_old(tx)
        batches += 1


def _take(tenant_id: UUID, courier: Courier, *, limit: int) -> list[outbox.Taken]:
    """The next batch, with a message for the case that it is not settled; with none, one for what is due later."""
    with courier.database.transaction(tenant_id) as tx:
        taken = outbox.take(tx, limit=limit)
        _arm(tx, courier.queue, least_s=outbox.LEASE_S if taken else 0)
    return taken


def _arm(tx: Transaction, queue: Queue, *, least_s: float) -> None:
    """Before the commit, so that no row waits without a message."""
    if wait := outbox.wind_clock(tx, least_s=least_s):
        send_when_due(queue, WebhooksDue(tenant_id=tx.tenant_id, not_before=wait.at), now=wait.now)


def _send(taken: Iterable[outbox.Taken], send: Send) -> dict[UUID, Outcome]:
    """Nothing for those of a call that failed: what became of them is not known, and they are sent again."""
    posts = Posts(posts=[_post(delivery) for delivery in taken])
    try:
        answered = Outcomes.model_validate(send(posts.model_dump(mode="json")))
    except (UpstreamUnavailableError, ValidationError) as error:
        logger().warning("deliveries not sent", extra={"explanation": str(error)[:200]})
        return {}
    return {outcome.delivery_id: outcome for outcome in answered.outcomes}


class Body(BaseModel):
    """What a receiver gets, the same at every attempt."""

    id: str
    type: str
    created_at: str
    workspace_id: str
    data: dict[str, Any]


def _post(delivery: outbox.Taken) -> Post:
    body = Body(
        id=show("event", delivery.event_id),
        type=delivery.event,
        created_at=delivery.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        workspace_id=str(delivery.tenant_id),
        data=delivery.content,
    )
    return Post(
        delivery_id=delivery.id,
        webhook_id=delivery.webhook_id,
        url=delivery.url,
        event=delivery.event,
        body=body.model_dump_json(),
        signers=delivery.signers(),
    )


def _settle(tx: Transaction, delivery: outbox.Taken, outcome: Outcome | None, jitter: float) -> None:
    outcome = outcome or Outcome(delivery_id=delivery.id, failure="no_answer")
    if not outcome.failure:
        outbox.mark_delivered(tx, delivery, outcome)
    elif outcome.status == _GONE:
        count("WebhooksGone")
        outbox.mark_gone(tx, delivery, outcome)
        record(tx, "webhook.disabled", show("webhook", delivery.webhook_id), status=_GONE)
    else:
        outbox.postpone(tx, delivery, outcome, delay_s=delay_s(delivery.attempts, outcome.retry_after_s, jitter))


def delay_s(attempts: int, retry_after_s: float, jitter: float) -> float:
    """After so many attempts: 30 s, doubled up to three hours, of which the upper half is random."""
    longest = min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0 ** min(attempts - 1, 20))
    return max(retry_after_s, longest * (0.5 + jitter / 2))
