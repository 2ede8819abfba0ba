"""Bounds how many attempts run at once in the whole deployment, bases by turns; ``attempts`` is the caller.

The bound stands in the database, because an account may have ten executions of functions in all, of which AWS lets
nobody reserve one. Its tables span tenants and hold ids only. A turn ends with its attempt; one whose end nobody heard
of ends by itself after an attempt's longest life.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.ingestion.events import BaseQueued, IngestionEvent

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('voicehelper turns'))"
_RUNNING: Final = "SELECT count(*) FROM running_attempt WHERE since > now() - interval '135 minutes'"


def free_turns(tx: Transaction, *, at_once: int) -> int:
    """How many more attempts may start. Nobody else is told before the transaction ends."""
    tx.run(_LOCK)
    return max(0, at_once - tx.count(_RUNNING))


_TAKE: Final = """
    INSERT INTO running_attempt (document_id, attempt) SELECT * FROM unnest(%(ids)s::uuid[], %(attempts)s::int[])
        ON CONFLICT (document_id) DO UPDATE SET attempt = excluded.attempt, since = now()
"""


def take(tx: Transaction, started: Sequence[IngestionEvent]) -> None:
    if started:
        ids, attempts = [event.document_id for event in started], [event.attempt for event in started]
        tx.run(_TAKE, ids=ids, attempts=attempts)


_END: Final = "DELETE FROM running_attempt WHERE document_id = %(id)s AND attempt = %(attempt)s"


def end(tx: Transaction, event: IngestionEvent) -> None:
    """Of this attempt; a later one of the document keeps its turn."""
    tx.run(_END, id=event.document_id, attempt=event.attempt)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Since when a base has had documents that wait, and whether this transaction was the first to say so."""

    began: datetime
    is_new: bool


# xmax is 0 in a row that was inserted, not updated.
_WAIT: Final = """
    INSERT INTO waiting_base (kb_id, tenant_id) VALUES (%(kb_id)s, %(tenant_id)s)
        ON CONFLICT (kb_id) DO UPDATE SET since = now() RETURNING began, xmax = 0 AS is_new
"""


def wait(tx: Transaction, kb_id: UUID) -> Waiting:
    """Documents of the base wait, and all other waiting bases come before it."""
    waiting = tx.one(Waiting, _WAIT, kb_id=kb_id)
    assert waiting
    return waiting


_LEAVE: Final = "DELETE FROM waiting_base WHERE kb_id = %(kb_id)s"


def leave(tx: Transaction, kb_id: UUID) -> None:
    """No document of the base waits any more."""
    tx.run(_LEAVE, kb_id=kb_id)


_NEXT: Final = "SELECT tenant_id, kb_id FROM waiting_base ORDER BY since, kb_id LIMIT 1"


def next_base(tx: Transaction) -> BaseQueued | None:
    """Of any tenant."""
    return tx.one(BaseQueued, _NEXT)
