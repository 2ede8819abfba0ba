"""How long to wait before the next try (LLM-9): exponential with jitter, or what the server asked for."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

ATTEMPTS: Final = 3
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 10.0

ResultT = TypeVar("ResultT")


class TransientError(Exception):
    """A failure that may pass. ``retry_after_s`` is the server's own wish, None without one."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Patience:
    """``deadline`` is on ``clock``'s scale; a wait that would pass it is not begun."""

    deadline: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def left(self) -> float:
        return self.deadline - self.clock()


def with_retries(call: Callable[[], ResultT], patience: Patience) -> ResultT:
    """Up to three tries; the last TransientError when all failed or no time is left for another."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call()
        except TransientError as error:
            wait = wait_before(attempt, error.retry_after_s, patience.jitter())
            if attempt == ATTEMPTS or wait >= patience.left():
                raise
            patience.sleep(wait)
    raise AssertionError("unreachable")


def wait_before(attempt: int, retry_after_s: float | None, jitter: float) -> float:
    """Seconds after failed try ``attempt`` (from 1); ``jitter`` in 0 … 1 spreads callers over the upper half."""
    if retry_after_s is not None:
        return min(max(retry_after_s, 0.0), LONGEST_WAIT_S)
    longest: float = min(FIRST_WAIT_S * 2 ** (attempt - 1), LONGEST_WAIT_S)
    return longest * (0.5 + jitter / 2)
