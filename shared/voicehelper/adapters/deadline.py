"""Until when an invocation may wait for what is not there yet: ``ending_in`` sets it, ``seconds_left`` asks.

``entry`` sets it from Lambda's own clock; ``database`` asks before it connects and before it runs statements. A thread
of a pool of one's own, as the readiness checks have, starts without one.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


@contextlib.contextmanager
def ending_in(seconds: float) -> Iterator[None]:
    token = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left() -> float | None:
    """Never negative; None where nothing limits the caller, as outside Lambda."""
    ends_at = _ends_at.get()
    return None if ends_at is None else max(0.0, ends_at - time.monotonic())
