"""Claims on questions that are being answered: ``Flight``, which ``answering/service.py`` begins, awaits and ends.

A claim is an advisory lock of the session, so it ends with the process that holds it, however that ends, and holds no
transaction open while a model is called. Whoever waits is notified of the end, and looks now and then, since a process
that dies notifies nobody. https://www.postgresql.org/docs/16/explicit-locking.html#ADVISORY-LOCKS
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import psycopg

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.errors import VoiceHelperError
from voicehelper.observability.logs import logger

LOOKED_AT_EVERY_S: Final = 1.0
_CHANNEL_PREFIX: Final = "answer_"
_LOCK_BYTES: Final = 8
_CHANNEL_DIGITS: Final = 32

_BEGIN: Final = "SELECT pg_try_advisory_lock(%(lock)s)::int"
# Given back at once, with the transaction: several may look at the same time.
_IS_OVER: Final = "SELECT pg_try_advisory_xact_lock_shared(%(lock)s)::int"
_END: Final = "SELECT pg_advisory_unlock(%(lock)s), pg_notify(%(channel)s, '')"


@dataclass(frozen=True, slots=True)
class Flight:
    """Of one question, whose digest makes both the lock and a channel that nobody can guess."""

    lock: int
    channel: str

    @classmethod
    def of(cls, *parts: bytes) -> Flight:
        """``parts`` are all that the answer depends on, the tenant among it, each of a fixed length but the last."""
        digest = hashlib.sha256(b"".join(parts))
        lock = int.from_bytes(digest.digest()[:_LOCK_BYTES], "big", signed=True)
        return cls(lock, f"{_CHANNEL_PREFIX}{digest.hexdigest()[-_CHANNEL_DIGITS:]}")

    def begin(self, tx: Transaction) -> bool:
        """Whether the question is this process's to answer, until ``end``; else another one answers it."""
        return bool(tx.count(_BEGIN, lock=self.lock))

    def end(self, tenant: TenantDatabase) -> None:
        """Whoever answered has stored what may be given again. Without a database the lock ends with its session."""
        try:
            with tenant.transaction() as tx:
                tx.run(_END, lock=self.lock, channel=self.channel)
        except VoiceHelperError as error:
            logger().warning("claim of a question not ended", extra={"explanation": type(error).__name__})

    def wait(self, tenant: TenantDatabase, within_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Returns at the end of the flight, or after ``within_s``, or where the database fails."""
        ends_at = clock() + within_s
        try:
            while (left_s := ends_at - clock()) > 0 and self._is_awaited(tenant, min(left_s, LOOKED_AT_EVERY_S)):
                pass
        except (psycopg.Error, VoiceHelperError) as error:
            logger().warning("claim of a question not awaited", extra={"explanation": type(error).__name__})

    def _is_awaited(self, tenant: TenantDatabase, seconds: float) -> bool:
        """Whether it went on a moment ago; waits if so. Listens first, so that no end goes unnoticed."""
        with tenant.listening(self.channel) as wait:
            with tenant.transaction() as tx:
                if tx.count(_IS_OVER, lock=self.lock):
                    return False
            wait(seconds)
        return True
