"""Retries of transient failures: three attempts with jittered exponential backoff, or the wait the server asks for.

``with_retries`` is the entry; ``client.remote_call`` is its caller. A wait that would end after the deadline is not
started, and none where the server asks for one that would.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import Deadline

ATTEMPTS: Final = 3
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 10.0

ResultT = TypeVar("ResultT")


class TransientError(UpstreamUnavailableError):
    """A failure that a retry may overcome. ``retry_after_s`` is the wait the server asks for, if any."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


def with_retries(
    call: Callable[[], ResultT], deadline: Deadline, *, sleep: Callable[[float], None] = time.sleep
) -> ResultT:
    """Raises the last TransientError if all attempts failed or no time is left for another."""

    def is_late(state: RetryCallState) -> bool:
        return max(state.upcoming_sleep, _retry_after_s(state) or 0.0) >= deadline.remaining()

    retrying = Retrying(
        retry=retry_if_exception_type(TransientError),
        wait=_wait_s,
        stop=lambda state: stop_after_attempt(ATTEMPTS)(state) or is_late(state),
        sleep=sleep,
        reraise=True,
    )
    return retrying(call)


def _wait_s(state: RetryCallState) -> float:
    return backoff_s(state.attempt_number, _retry_after_s(state), random.random())  # noqa: S311 - spreads callers


def _retry_after_s(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after_s if isinstance(error, TransientError) else None


def backoff_s(attempt: int, retry_after_s: float | None, jitter: float) -> float:
    """Seconds to wait after attempt ``attempt`` (from 1); ``jitter`` in 0 … 1 spreads callers over the upper half."""
    if retry_after_s is not None:
        return min(max(retry_after_s, 0.0), LONGEST_WAIT_S)
    longest: float = min(FIRST_WAIT_S * 2 ** (attempt - 1), LONGEST_WAIT_S)
    return longest * (0.5 + jitter / 2)
