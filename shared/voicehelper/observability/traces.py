"""Timed parts of an invocation: the one place that knows where spans go."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from voicehelper.observability.logs import logger


@contextlib.contextmanager
def span(name: str, **fields: Any) -> Iterator[None]:
    """Time what happens inside, also where it fails."""
    started = time.monotonic()
    try:
        yield
    finally:
        record_span(name, time.monotonic() - started, **fields)


def record_span(name: str, seconds: float, **fields: Any) -> None:
    """A part that was timed already: a line at level DEBUG, which POWERTOOLS_LOG_LEVEL switches on."""
    logger().debug("span", extra={"span": name, "seconds": round(seconds, 4), **fields})
