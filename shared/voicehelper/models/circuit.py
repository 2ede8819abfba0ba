"""``Guarded``: a chat model behind a circuit breaker, which is not called for a while after it has failed.

A model that is down costs each question the time of three attempts, which its fallback then lacks. ``factory`` makes
one ``Circuit`` a model, because rate limits are a model's and a fallback may be of the same provider; its state is the
process's.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.errors import RequestRefusedError
from voicehelper.models.protocols import Chat, ChatCompletion, ChatRequest, Deadline

WINDOW_S: Final = 30.0
LEAST_FAILURES: Final = 5  # in the window, and at least half of its calls
FIRST_WAIT_S: Final = 10.0
LONGEST_WAIT_S: Final = 60.0
_FAIR_S: Final = 1.0  # who gives a call less time than this learns nothing of its model


class CircuitOpenError(UpstreamUnavailableError):
    """The model has failed and is not called for a while."""


@dataclass(slots=True)
class Circuit:
    """Opens after failures, then lets one call through at a time: its success closes the circuit, its failure doubles
    the wait. Used by threads.
    """

    clock: Callable[[], float] = time.monotonic
    _calls: deque[tuple[float, bool]] = field(default_factory=deque)  # (when, whether it failed) of the window
    _opened_until: float | None = None
    _wait_s: float = FIRST_WAIT_S
    _probing: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def call(self, within_s: float) -> Iterator[None]:
        """CircuitOpenError instead of the call. A request that the provider refuses shows that it is there."""
        is_probe = self._admit()
        failed: bool | None = None
        try:
            yield
            failed = False
        except RequestRefusedError:
            failed = False
            raise
        except UpstreamUnavailableError:
            failed = True if within_s >= _FAIR_S else None
            raise
        finally:
            self._finish(is_probe, failed)

    def _admit(self) -> bool:
        """Whether the call is the probe of an open circuit."""
        with self._lock:
            if self._opened_until is None:
                return False
            if self._probing or self.clock() < self._opened_until:
                raise CircuitOpenError("the model is not called for a while")
            self._probing = True
            return True

    def _finish(self, is_probe: bool, failed: bool | None) -> None:
        """``failed`` None is a call that says nothing, as one that its caller has left."""
        with self._lock:
            if is_probe:
                self._probing = False
                self._end_probe(failed)
            elif failed is not None and self._opened_until is None:
                self._count(failed)

    def _end_probe(self, failed: bool | None) -> None:
        if failed:
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
            self._opened_until = self.clock() + self._wait_s
        elif failed is False:
            self._wait_s, self._opened_until = FIRST_WAIT_S, None
            self._calls.clear()

    def _count(self, failed: bool) -> None:
        now = self.clock()
        self._calls.append((now, failed))
        while self._calls[0][0] < now - WINDOW_S:
            self._calls.popleft()
        failures = sum(failed for _, failed in self._calls)
        if failures >= max(LEAST_FAILURES, len(self._calls) / 2):
            self._opened_until = now + self._wait_s


@dataclass(frozen=True, slots=True)
class Guarded:
    chat: Chat
    circuit: Circuit

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        with self.circuit.call(deadline.remaining()):
            return self.chat.complete(request, deadline)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        with self.circuit.call(deadline.remaining()):
            yield from self.chat.stream(request, deadline)
