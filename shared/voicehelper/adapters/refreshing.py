"""A value fetched from outside and kept for a while: what can change without a deployment is seen without one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from voicehelper.errors import UpstreamUnavailableError

ValueT = TypeVar("ValueT")


class Refreshing(Generic[ValueT]):
    """Fetched at first use and again when older than ``max_age_s``; where that fails, the old value goes on."""

    def __init__(
        self, fetch: Callable[[], ValueT], *, max_age_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch, self._max_age_s, self._clock = fetch, max_age_s, clock
        self._lock = threading.Lock()
        self._kept: list[ValueT] = []
        self._fetched_at = 0.0

    def get(self) -> ValueT:
        with self._lock:
            if not self._kept or self._clock() - self._fetched_at > self._max_age_s:
                self._renew()
            return self._kept[0]

    def _renew(self) -> None:
        try:
            self._kept = [self._fetch()]
        except UpstreamUnavailableError:
            if not self._kept:
                raise
        self._fetched_at = self._clock()
