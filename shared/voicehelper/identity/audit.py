"""The audit log: who did what in a workspace, when and from where. Entries are added and read, never changed; the
database removes them after ``AuditRetentionDays`` (``sql/retention.py``).

``record`` is called in the transaction that does what it records, by every room that changes something an administrator
may have to account for. No entry holds the text of a document or a question. ``list_entries`` serves
``functions/identity/list_audit.py``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from voicehelper.adapters.database import Transaction
from voicehelper.shapes.ids import NOWHERE, new_id
from voicehelper.shapes.pages import Page, PageRequest

Action = Literal[
    "sign_in.succeeded",
    "sign_in.failed",
    "password.changed",
    "key.created",
    "key.revoked",
    "base.created",
    "base.deleted",
    "document.deleted",
    "export.made",
    "member.invited",
    "member.joined",
    "member.role_changed",
    "member.removed",
    "group.changed",
    "access.changed",
    "webhook.created",
    "webhook.changed",
    "webhook.deleted",
    "webhook.disabled",
    "budget.changed",
    "workspace.renamed",
]
# Beyond it a list says this many: counting a million entries takes longer than reading the page.
MOST_COUNTED: Final = 10_000

INSERT_ENTRY: Final = """
    INSERT INTO audit_entry (id, tenant_id, actor_id, key_id, action, target, ip, details)
    VALUES (%(id)s, %(tenant_id)s, %(actor_id)s, %(key_id)s, %(action)s, %(target)s, %(ip)s, %(details)s)
"""


def record(
    tx: Transaction,
    action: Action,
    target: str,
    *,
    actor_id: UUID | None = None,
    ip: str | None = None,
    **details: Any,
) -> None:
    """``target`` is an id as the API shows it, or an e-mail address; the viewer says who acts, and from where.

    ``actor_id`` and ``ip`` are for transactions without one, as at sign-in.
    """
    viewer = tx.viewer
    tx.run(
        INSERT_ENTRY,
        id=new_id(),
        actor_id=viewer.user_id if viewer else actor_id,
        key_id=viewer.key_id if viewer else None,
        action=action,
        target=target,
        ip=viewer.ip if viewer else ip,
        details=Jsonb(details),
    )


class AuditEntry(BaseModel):
    """``actor`` is an e-mail address, or the id of a user who is gone; None where nobody is known."""

    id: UUID
    at: datetime
    actor: str | None
    action: str
    target: str
    ip: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """``start`` is included, ``end`` is not; ``actor`` is an e-mail address or a user's id. None does not restrict."""

    start: datetime | None = None
    end: datetime | None = None
    actor: str | None = None
    action: str | None = None


# One user, so that the index has the entries in their order.
ACTOR: Final = """
    SELECT u.id FROM app_user AS u
     WHERE lower(u.email) = lower(%(actor)s)
       AND EXISTS (SELECT FROM audit_entry AS a WHERE a.tenant_id = %(tenant_id)s AND a.actor_id = u.id)
"""

LIST_ENTRIES: Final = """
    WITH page AS (
      SELECT a.* FROM audit_entry AS a
       WHERE a.tenant_id = %(tenant_id)s
         AND a.at >= coalesce(%(start)s::timestamptz, '-infinity') AND a.at < coalesce(%(end)s::timestamptz, 'infinity')
         AND (%(action)s::text IS NULL OR a.action = %(action)s::text)
         AND (%(actor_id)s::uuid IS NULL OR a.actor_id = %(actor_id)s::uuid)
       ORDER BY a.at DESC, a.id DESC
       LIMIT %(limit)s OFFSET %(offset)s)
    SELECT p.id, p.at, coalesce(u.email, p.actor_id::text) AS actor, p.action, p.target, p.ip,
           p.details || CASE WHEN p.key_id IS NULL THEN '{}' ELSE jsonb_build_object('key_id', 'key-' || p.key_id) END
             AS details
      FROM page AS p LEFT JOIN app_user AS u ON u.id = p.actor_id
     ORDER BY p.at DESC, p.id DESC
"""

COUNT_ENTRIES: Final = """
    SELECT count(*) FROM (
      SELECT FROM audit_entry AS a
       WHERE a.tenant_id = %(tenant_id)s
         AND a.at >= coalesce(%(start)s::timestamptz, '-infinity') AND a.at < coalesce(%(end)s::timestamptz, 'infinity')
         AND (%(action)s::text IS NULL OR a.action = %(action)s::text)
         AND (%(actor_id)s::uuid IS NULL OR a.actor_id = %(actor_id)s::uuid)
       LIMIT %(most)s) AS counted
"""


def list_entries(tx: Transaction, wanted: Filter, page: PageRequest) -> Page[AuditEntry]:
    """The newest first. ``total`` is ``MOST_COUNTED`` where there are more."""
    values = asdict(wanted) | {"actor_id": _actor(tx, wanted.actor)}
    items = tx.all(AuditEntry, LIST_ENTRIES, limit=page.page_size, offset=page.offset, **values)
    return Page.of(items, tx.count(COUNT_ENTRIES, most=MOST_COUNTED, **values), page)


def _actor(tx: Transaction, actor: str | None) -> UUID | None:
    """NOWHERE for an address that nobody has."""
    if actor is None:
        return None
    try:
        return UUID(actor)
    except ValueError:
        found = tx.one(_User, ACTOR, actor=actor)
        return found.id if found else NOWHERE


@dataclass(frozen=True, slots=True)
class _User:
    id: UUID
