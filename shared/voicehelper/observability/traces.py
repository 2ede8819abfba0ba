"""Spans, the timed parts of an invocation, as log lines; ``span`` times a block, ``record_span`` takes a duration."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from voicehelper.observability.logs import logger


@contextlib.contextmanager
def span(name: str, **fields: Any) -> Iterator[None]:
    """Time the block, also if it fails."""
    started = time.monotonic()
    try:
        yield
    finally:
        record_span(name, time.monotonic() - started, **fields)


def record_span(name: str, seconds: float, **fields: Any) -> None:
    """Log a span at level DEBUG, which POWERTOOLS_LOG_LEVEL enables."""
    logger().debug("span", extra={"span": name, "seconds": round(seconds, 4), **fields})
