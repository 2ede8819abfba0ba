"""Statements on deliveries that are to be sent; ``delivering`` is the caller. One workspace a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.webhooks.models import PING
from voicehelper.webhooks.posts import Outcome, Signer

# Longer than a call of the function that sends can take.
LEASE_S: Final = 60
KEPT_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Taken:
    """``attempts`` includes the one that is made now. ``previous_key_version`` is None where one secret signs."""

    id: UUID
    tenant_id: UUID
    webhook_id: UUID
    event_id: UUID
    event: str
    content: dict[str, Any]
    attempts: int
    created_at: datetime
    url: str
    secret_number: int
    key_version: int
    previous_key_version: int | None

    def signers(self) -> list[Signer]:
        current = Signer(number=self.secret_number, key_version=self.key_version)
        if self.previous_key_version is None:
            return [current]
        return [current, Signer(number=self.secret_number - 1, key_version=self.previous_key_version)]


# Rows that another process has taken are passed over: https://www.postgresql.org/docs/16/sql-select.html#SQL-FOR-UPDATE-SHARE
TAKE: Final = """
    WITH due AS (
      SELECT d.id FROM webhook_delivery AS d JOIN webhook AS w ON w.id = d.webhook_id AND w.tenant_id = d.tenant_id
       WHERE d.tenant_id = %(tenant_id)s AND d.status = 'pending' AND d.due_at <= now()
         AND (w.enabled OR d.event = %(ping)s)
       ORDER BY d.due_at, d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED)
    UPDATE webhook_delivery AS d
       SET attempts = d.attempts + 1, due_at = now() + make_interval(secs => %(lease_s)s)
      FROM due, webhook AS w
     WHERE d.id = due.id AND w.id = d.webhook_id AND d.tenant_id = %(tenant_id)s AND w.tenant_id = %(tenant_id)s
    RETURNING d.id, d.tenant_id, d.webhook_id, d.event_id, d.event, d.content, d.attempts, d.created_at, w.url,
              w.secret_number, w.key_version,
              CASE WHEN w.previous_until > now() THEN w.previous_key_version END AS previous_key_version
"""


def take(tx: Transaction, *, limit: int) -> list[Taken]:
    """The longest due; nobody else takes them for ``LEASE_S``."""
    return tx.all(Taken, TAKE, limit=limit, lease_s=LEASE_S, ping=PING)


# An outcome that comes after the lease is another attempt's to write.
MARK_DELIVERED: Final = """
    UPDATE webhook_delivery SET status = 'delivered', last_status = %(last_status)s, last_error = '', ended_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'pending'
"""


def mark_delivered(tx: Transaction, delivery: Taken, outcome: Outcome) -> None:
    tx.run(MARK_DELIVERED, id=delivery.id, last_status=outcome.status)


POSTPONE: Final = """
    UPDATE webhook_delivery
       SET due_at = now() + make_interval(secs => %(delay_s)s), last_status = %(last_status)s,
           last_error = %(last_error)s,
           status = CASE WHEN now() + make_interval(secs => %(delay_s)s) > ends_by THEN 'dead' ELSE status END,
           ended_at = CASE WHEN now() + make_interval(secs => %(delay_s)s) > ends_by THEN now() END
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'pending' AND attempts = %(attempts)s
"""


def postpone(tx: Transaction, delivery: Taken, outcome: Outcome, *, delay_s: float) -> None:
    """Dead where that is beyond its end."""
    values = {"last_status": outcome.status, "last_error": outcome.failure, "attempts": delivery.attempts}
    tx.run(POSTPONE, id=delivery.id, delay_s=delay_s, **values)


DISABLE: Final = """
    UPDATE webhook SET enabled = false, disabled_reason = 'gone', updated_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(webhook_id)s
"""
END_ALL: Final = """
    UPDATE webhook_delivery SET status = 'dead', ended_at = now(), last_error = %(last_error)s,
           last_status = CASE WHEN id = %(id)s THEN %(last_status)s ELSE last_status END
     WHERE tenant_id = %(tenant_id)s AND webhook_id = %(webhook_id)s AND status = 'pending'
"""


def mark_gone(tx: Transaction, delivery: Taken, outcome: Outcome) -> None:
    """The webhook is told nothing any more, until somebody enables it."""
    tx.run(DISABLE, webhook_id=delivery.webhook_id)
    values = {"last_status": outcome.status, "last_error": outcome.failure}
    tx.run(END_ALL, id=delivery.id, webhook_id=delivery.webhook_id, **values)


FORGET_OLD: Final = """
    DELETE FROM webhook_delivery WHERE id IN (
      SELECT id FROM webhook_delivery
       WHERE tenant_id = %(tenant_id)s AND status <> 'pending' AND ended_at < now() - make_interval(days => %(days)s)
       LIMIT 100)
"""


def forget_old(tx: Transaction) -> None:
    tx.run(FORGET_OLD, days=KEPT_DAYS)


@dataclass(frozen=True, slots=True)
class Wait:
    at: datetime
    now: datetime


# No row where nothing is pending, or a message that comes in time is under way.
WIND_CLOCK: Final = """
    INSERT INTO webhook_clock AS c (tenant_id, wakes_at)
    SELECT %(tenant_id)s, greatest(min(d.due_at), now() + make_interval(secs => %(least_s)s))
      FROM webhook_delivery AS d JOIN webhook AS w ON w.id = d.webhook_id AND w.tenant_id = d.tenant_id
     WHERE d.tenant_id = %(tenant_id)s AND d.status = 'pending' AND (w.enabled OR d.event = %(ping)s)
    HAVING min(d.due_at) IS NOT NULL
        ON CONFLICT (tenant_id) DO UPDATE SET wakes_at = excluded.wakes_at
     WHERE c.wakes_at <= now() OR c.wakes_at > excluded.wakes_at
    RETURNING wakes_at AS at, now() AS now
"""


def wind_clock(tx: Transaction, *, least_s: float) -> Wait | None:
    """When the next delivery is due, or ``least_s`` from now, if a message must be sent for that."""
    return tx.one(Wait, WIND_CLOCK, ping=PING, least_s=least_s)
