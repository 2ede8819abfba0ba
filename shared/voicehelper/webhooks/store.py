"""Webhooks and deliveries in PostgreSQL, as administrators handle them; every statement filters by tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.errors import ConflictError, NotFoundError
from voicehelper.members.roles import lock_workspace
from voicehelper.webhooks.models import MOST_WEBHOOKS, PING, Delivery, DeliveryStatus, NewWebhook, Webhook

# The secret before the current one signs for so long after a rotation.
OVERLAP_S: Final = 86_400


class WebhookNotFoundError(NotFoundError):
    code = "WEBHOOK_NOT_FOUND"


class TooManyWebhooksError(ConflictError):
    """``details`` has how ``many`` a workspace may have."""

    code = "TOO_MANY_WEBHOOKS"


class DeliveryNotFoundError(NotFoundError):
    code = "DELIVERY_NOT_FOUND"


class DeliveryPendingError(ConflictError):
    """It is tried again anyway."""

    code = "DELIVERY_PENDING"


@dataclass(frozen=True, slots=True)
class SecretRow:
    secret_number: int
    key_version: int


INSERT: Final = """
    INSERT INTO webhook (id, tenant_id, url, events, bases, description, key_version, created_by)
    SELECT %(id)s, %(tenant_id)s, %(url)s, %(events)s, %(bases)s, %(description)s, %(key_version)s, %(created_by)s
     WHERE (SELECT count(*) FROM webhook WHERE tenant_id = %(tenant_id)s) < %(most)s
"""


def insert(tx: Transaction, webhook_id: UUID, new: NewWebhook, *, key_version: int, created_by: UUID) -> None:
    """TooManyWebhooksError, also for the second of two who make the last one at once."""
    lock_workspace(tx)
    given = {name: getattr(new, name) for name in NewWebhook.model_fields}
    if not tx.run(INSERT, id=webhook_id, key_version=key_version, created_by=created_by, most=MOST_WEBHOOKS, **given):
        raise TooManyWebhooksError(details={"many": MOST_WEBHOOKS})


# A base that is gone is no longer shown; a webhook of such bases alone is told nothing.
_WEBHOOKS: Final = """
    SELECT w.id, w.url, w.events, w.description, w.enabled, w.disabled_reason, w.created_at, w.updated_at,
           CASE WHEN w.bases IS NOT NULL THEN ARRAY(
             SELECT b.id FROM knowledge_base AS b
              WHERE b.tenant_id = %(tenant_id)s AND b.id = ANY(w.bases) AND b.status = 'active' ORDER BY b.id)
           END AS bases
      FROM webhook AS w WHERE w.tenant_id = %(tenant_id)s
"""
GET: Final = f"{_WEBHOOKS} AND w.id = %(id)s"
LIST: Final = f"{_WEBHOOKS} ORDER BY w.created_at DESC, w.id DESC LIMIT %(limit)s OFFSET %(offset)s"
COUNT: Final = "SELECT count(*) FROM webhook WHERE tenant_id = %(tenant_id)s"


def get(tx: Transaction, webhook_id: UUID) -> Webhook:
    if webhook := tx.one(Webhook, GET, id=webhook_id):
        return webhook
    raise WebhookNotFoundError


def list_page(tx: Transaction, *, limit: int, offset: int) -> tuple[list[Webhook], int]:
    """The newest first, and how many there are in all."""
    return tx.all(Webhook, LIST, limit=limit, offset=offset), tx.count(COUNT)


CHANGE: Final = """
    UPDATE webhook SET url = coalesce(%(url)s, url), events = coalesce(%(events)s::text[], events),
           bases = CASE WHEN %(names_bases)s THEN %(bases)s::uuid[] ELSE bases END,
           description = coalesce(%(description)s, description),
           disabled_reason = CASE WHEN %(enabled)s::boolean THEN '' ELSE disabled_reason END,
           enabled = coalesce(%(enabled)s::boolean, enabled), updated_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""


def change(tx: Transaction, webhook_id: UUID, **values: Any) -> None:
    """What is None stays, bases unless ``names_bases``. WebhookNotFoundError."""
    if not tx.run(CHANGE, id=webhook_id, **values):
        raise WebhookNotFoundError


ROTATE: Final = """
    UPDATE webhook
       SET previous_key_version = key_version, previous_until = now() + make_interval(secs => %(overlap_s)s),
           secret_number = secret_number + 1, key_version = %(key_version)s
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s
    RETURNING secret_number, key_version
"""


def rotate(tx: Transaction, webhook_id: UUID, *, key_version: int) -> SecretRow:
    """WebhookNotFoundError."""
    if row := tx.one(SecretRow, ROTATE, id=webhook_id, key_version=key_version, overlap_s=OVERLAP_S):
        return row
    raise WebhookNotFoundError


DELETE: Final = "DELETE FROM webhook WHERE tenant_id = %(tenant_id)s AND id = %(id)s"


def delete(tx: Transaction, webhook_id: UUID) -> None:
    """Its deliveries go with it."""
    if not tx.run(DELETE, id=webhook_id):
        raise WebhookNotFoundError


ADD_PING: Final = """
    INSERT INTO webhook_delivery (id, tenant_id, webhook_id, event_id, event, content)
    VALUES (%(id)s, %(tenant_id)s, %(webhook_id)s, gen_random_uuid(), %(event)s, %(content)s)
"""


def add_ping(tx: Transaction, delivery_id: UUID, webhook_id: UUID) -> None:
    tx.run(ADD_PING, id=delivery_id, webhook_id=webhook_id, event=PING, content=Jsonb({}))


_DELIVERIES: Final = """
    SELECT d.id, d.event, d.content, d.status, d.attempts, d.last_status, d.last_error, d.created_at, d.ended_at,
           CASE d.status WHEN 'pending' THEN d.due_at END AS next_attempt_at
      FROM webhook_delivery AS d
     WHERE d.tenant_id = %(tenant_id)s AND d.webhook_id = %(webhook_id)s
"""
GET_DELIVERY: Final = f"{_DELIVERIES} AND d.id = %(id)s"
LIST_DELIVERIES: Final = f"""{_DELIVERIES} AND (%(status)s::text IS NULL OR d.status = %(status)s)
     ORDER BY d.created_at DESC, d.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
COUNT_DELIVERIES: Final = """
    SELECT count(*) FROM webhook_delivery
     WHERE tenant_id = %(tenant_id)s AND webhook_id = %(webhook_id)s
       AND (%(status)s::text IS NULL OR status = %(status)s)
"""


def get_delivery(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    if delivery := tx.one(Delivery, GET_DELIVERY, webhook_id=webhook_id, id=delivery_id):
        return delivery
    raise DeliveryNotFoundError


def list_deliveries(
    tx: Transaction, webhook_id: UUID, *, status: DeliveryStatus | None, limit: int, offset: int
) -> tuple[Sequence[Delivery], int]:
    """The newest first, and how many there are in all."""
    values = {"webhook_id": webhook_id, "status": status}
    found = tx.all(Delivery, LIST_DELIVERIES, limit=limit, offset=offset, **values)
    return found, tx.count(COUNT_DELIVERIES, **values)


REDELIVER: Final = """
    UPDATE webhook_delivery SET status = 'pending', attempts = 0, due_at = now(), ends_by = now() + interval '24 hours',
           ended_at = NULL
     WHERE tenant_id = %(tenant_id)s AND webhook_id = %(webhook_id)s AND id = %(id)s AND status <> 'pending'
"""


def redeliver(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> None:
    """Under the same id. DeliveryPendingError for one that has not ended."""
    if not tx.run(REDELIVER, webhook_id=webhook_id, id=delivery_id):
        get_delivery(tx, webhook_id, delivery_id)
        raise DeliveryPendingError


BOUND_KEY: Final = """
    SELECT count(*) FROM api_key WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND bases IS NOT NULL
"""


def is_bound_to_bases(tx: Transaction, key_id: UUID) -> bool:
    """Whether the API key sees some bases alone."""
    return tx.count(BOUND_KEY, id=key_id) > 0
