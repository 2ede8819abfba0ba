"""A value fetched from outside and kept for a while: what can change without a deployment is seen without one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from voicehelper.errors import UpstreamUnavailableError

ValueT = TypeVar("ValueT")


class Refreshing(Generic[ValueT]):
    """Fetched at first use and again when older than ``max_age_s``.

    ``keep_stale`` decides what a failing fetch means: the old value is used for another while, or the failure is
    raised, as for what must never be older than it says. Without a value the failure is raised either way.
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
        self._values: list[ValueT] = []  # the value, or nothing yet: None is a value too
        self._fetched_at = 0.0

    def get(self, *, max_age_s: float | None = None) -> ValueT:
        """The value, no older than ``max_age_s`` where a caller wants a younger one."""
        with self._lock:
            limit_s = self._max_age_s if max_age_s is None else max_age_s
            if not self._values or self._clock() - self._fetched_at > limit_s:
                self._renew()
            return self._values[0]

    def _renew(self) -> None:
        try:
            self._values = [self._fetch()]
        except UpstreamUnavailableError:
            if not self._values or not self._keep_stale:
                raise
        self._fetched_at = self._clock()
