"""``KeyReader``: whose key a request shows, for the authorizer. It asks DynamoDB, at most three times for one request.

A record is believed for ``MAX_AGE_S``, so a key ends everywhere within that time. Wrong keys are counted by network,
and from the limit on they are refused with the time to wait. A right key passes all the same: nobody guesses 256
random bits, and one job with a forgotten key must not shut its whole office out.
"""

from __future__ import annotations

import contextlib
import hmac
import time
from collections.abc import Callable
from typing import Final, Protocol
from uuid import UUID

from voicehelper.adapters.caching import LocalCache
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity.api_keys.secret import read_secret
from voicehelper.identity.api_keys.table import KeyRecord
from voicehelper.identity.limits import Limit
from voicehelper.shapes.ids import NOWHERE

MAX_AGE_S: Final = 10.0
USE_NOTED_EVERY_S: Final = 300
_MOST_RECORDS: Final = 1000


class Records(Protocol):
    """What of ``table.KeyTable`` is asked here."""

    def find(self, prefix: str) -> KeyRecord | None: ...
    def note_use(self, tenant_id: UUID, prefix: str, *, now: int, before: int) -> None: ...
    def count_failure(self, network: str, *, window: int, ends_at: int) -> int: ...


class KeyReader:
    """``limit`` is that of wrong keys from one network; ``clock`` gives Unix seconds."""

    def __init__(self, records: Records, limit: Limit, clock: Callable[[], float] = time.time) -> None:
        self._records, self._limit, self._clock = records, limit, clock
        self._found: LocalCache[KeyRecord | None] = LocalCache(_MOST_RECORDS, clock)
        self._noted: LocalCache[None] = LocalCache(_MOST_RECORDS, clock)
        self._locked: LocalCache[None] = LocalCache(_MOST_RECORDS, clock)

    def context(self, text: str, *, network: str) -> dict[str, str]:
        """The authorizer's context: the caller's, empty for a wrong key, ``retry_after_s`` after too many of them."""
        record = self._valid(text)
        return _context(record) if record else self._refusal(network)

    def _valid(self, text: str) -> KeyRecord | None:
        presented = read_secret(text)
        record = self._record(presented.prefix) if presented else None
        if presented is None or record is None or not hmac.compare_digest(record.digest, presented.digest):
            return None
        if record.expires_at and record.expires_at <= self._clock():
            return None
        self._note_use(presented.prefix, record)
        return record

    def _record(self, prefix: str) -> KeyRecord | None:
        """Also that there is none is remembered."""
        if found := self._found.peek(prefix):
            return found[0]
        record = self._records.find(prefix)
        self._found.put(prefix, record, MAX_AGE_S)
        return record

    def _note_use(self, prefix: str, record: KeyRecord) -> None:
        """A use that cannot be noted is none the worse."""
        if self._noted.peek(prefix):
            return
        now = int(self._clock())
        self._noted.put(prefix, None, USE_NOTED_EVERY_S)
        with contextlib.suppress(UpstreamUnavailableError):
            self._records.note_use(record.tenant_id, prefix, now=now, before=now - USE_NOTED_EVERY_S + 1)

    def _refusal(self, network: str) -> dict[str, str]:
        """Windows have fixed ends, so that failures beyond the limit make no lock longer, and need not be counted."""
        window, passed_s = divmod(int(self._clock()), self._limit.window_s)
        left_s = self._limit.window_s - passed_s
        if not self._locked.peek(network) and self._count(network, window, left_s) <= self._limit.most:
            return {}
        self._locked.put(network, None, left_s)
        return {"retry_after_s": str(left_s)}

    def _count(self, network: str, window: int, left_s: int) -> int:
        ends_at = int(self._clock()) + left_s
        return self._records.count_failure(network, window=window, ends_at=ends_at)


def _context(record: KeyRecord) -> dict[str, str]:
    return {
        "user_id": str(record.user_id),
        "tenant_id": str(record.tenant_id),
        "family_id": str(NOWHERE),
        "roles": record.role,
        "key_id": str(record.key_id),
        "scopes": " ".join(record.scopes),
    }
