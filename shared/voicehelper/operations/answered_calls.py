"""Calls that were answered once, in PostgreSQL; ``entry/idempotency.py`` says which, and when they are given again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voicehelper.adapters.database import Transaction


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """``ends_at_ms`` and ``expires_at`` are Unix times, in milliseconds and in seconds."""

    payload: str
    status: str
    response: str
    ends_at_ms: int
    expires_at: int


_BEGIN: Final = """
    INSERT INTO answered_call AS c (tenant_id, key, payload, status, ends_at, expires_at)
    VALUES (%(tenant_id)s, %(key)s, %(payload)s, 'INPROGRESS',
            to_timestamp(%(ends_at_ms)s / 1000.0), to_timestamp(%(expires_at)s))
    ON CONFLICT (tenant_id, key) DO UPDATE SET payload = excluded.payload, status = excluded.status, response = '',
       ends_at = excluded.ends_at, expires_at = excluded.expires_at
     WHERE c.expires_at < now() OR (c.status = 'INPROGRESS' AND c.ends_at < now())
"""
_FIND: Final = """
    SELECT payload, status, response, (1000 * extract(epoch FROM ends_at))::bigint AS ends_at_ms,
           extract(epoch FROM expires_at)::bigint AS expires_at
      FROM answered_call WHERE tenant_id = %(tenant_id)s AND key = %(key)s
"""


def begin(tx: Transaction, key: str, payload: str, *, ends_at_ms: int, expires_at: int) -> bool:
    """False if the call has been begun before, and has neither died nor expired."""
    values = {"payload": payload, "ends_at_ms": ends_at_ms, "expires_at": expires_at}
    return tx.run(_BEGIN, key=key, **values) == 1


def find(tx: Transaction, key: str) -> AnsweredCall | None:
    return tx.one(AnsweredCall, _FIND, key=key)


_FINISH: Final = """
    UPDATE answered_call SET status = 'COMPLETED', response = %(response)s, expires_at = to_timestamp(%(expires_at)s)
     WHERE tenant_id = %(tenant_id)s AND key = %(key)s
"""
_SWEEP: Final = "DELETE FROM answered_call WHERE tenant_id = %(tenant_id)s AND expires_at < now()"


def finish(tx: Transaction, key: str, response: str, *, expires_at: int) -> None:
    """Also removes what has expired."""
    tx.run(_FINISH, key=key, response=response, expires_at=expires_at)
    tx.run(_SWEEP)


_FORGET: Final = "DELETE FROM answered_call WHERE tenant_id = %(tenant_id)s AND key = %(key)s"


def forget(tx: Transaction, key: str) -> None:
    tx.run(_FORGET, key=key)
