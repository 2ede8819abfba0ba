"""``note_growth``: logs where a process's memory grows, every so many invocations; off unless TRACE_MEMORY_EVERY says.

Tracing costs a good part of the speed, so it is switched on for one function, for as long as somebody looks.
"""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import dataclass
from typing import Final

from voicehelper.observability.logs import logger

SHOWN: Final = 10
_DEPTH: Final = 1


@dataclass
class _Kept:
    """Of a process."""

    invocations: int = 0
    snapshot: tracemalloc.Snapshot | None = None


_kept: Final = _Kept()


def note_growth(every: int) -> None:
    """Called at the end of an invocation. The first comparison is with the end of the first invocation."""
    if not every:
        return
    if not tracemalloc.is_tracing():
        tracemalloc.start(_DEPTH)
    _kept.invocations += 1
    if _kept.snapshot is None:
        _kept.snapshot = _snapshot()
    elif _kept.invocations % every == 0:
        _report()


def _snapshot() -> tracemalloc.Snapshot:
    own = [tracemalloc.Filter(False, tracemalloc.__file__), tracemalloc.Filter(False, "<frozen *>")]
    return tracemalloc.take_snapshot().filter_traces(own)


def _report() -> None:
    now = _snapshot()
    assert _kept.snapshot is not None
    grown = [item for item in now.compare_to(_kept.snapshot, "lineno") if item.size_diff > 0][:SHOWN]
    lines = [f"{item.traceback[0]} +{item.size_diff} B, +{item.count_diff}" for item in grown]
    total = sum(item.size_diff for item in now.compare_to(_kept.snapshot, "filename"))
    fields = {"invocations": _kept.invocations, "grown_bytes": total, "most": lines, "python": sys.version_info[:2]}
    logger().info("memory", extra=fields)
    _kept.snapshot = now
