"""``Refreshing``: a cached value with a maximum age, for signing keys, revocations and the model catalogue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from voicehelper.errors import UpstreamUnavailableError

ValueT = TypeVar("ValueT")


class Refreshing(Generic[ValueT]):
    """Fetched at first use, and again when older than ``max_age_s``.

    If a fetch fails, ``keep_stale`` True returns the old value for another ``max_age_s``, and False raises, for values
    that must never be older. Without an old value the error is raised in both cases.
    """

    def __init__(
        self,
        fetch: Callable[[], ValueT],
        *,
        max_age_s: float,
        keep_stale: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._max_age_s, self._keep_stale, self._clock = fetch, max_age_s, keep_stale, clock
        self._lock = threading.Lock()
        self._values: list[ValueT] = []  # at most one; a list, because None is a valid value
        self._fetched_at = 0.0

    def get(self, *, max_age_s: float | None = None) -> ValueT:
        """The value, no older than ``max_age_s`` if the caller gives a shorter age."""
        with self._lock:
            if self.is_due(max_age_s=max_age_s):
                self._fetch_value()
            return self._values[0]

    def is_due(self, *, max_age_s: float | None = None) -> bool:
        """Whether ``get`` would fetch."""
        limit_s = self._max_age_s if max_age_s is None else max_age_s
        return not self._values or self._clock() - self._fetched_at > limit_s

    def _fetch_value(self) -> None:
        try:
            self._values = [self._fetch()]
        except UpstreamUnavailableError:
            if not self._values or not self._keep_stale:
                raise
        self._fetched_at = self._clock()
