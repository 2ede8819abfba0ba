"""``growth.note``: logs where a process's memory grows, every so many invocations; off unless TRACE_MEMORY_EVERY says.

Tracing costs a good part of the speed, so it is switched on for one function, for as long as somebody looks.
"""

from __future__ import annotations

import tracemalloc
from typing import Final

from voicehelper.observability.logs import logger

SHOWN: Final = 10
_OWN: Final = (tracemalloc.Filter(False, tracemalloc.__file__), tracemalloc.Filter(False, "<frozen *>"))


class Growth:
    """Of one process."""

    def __init__(self) -> None:
        self._invocations = 0
        self._before: tracemalloc.Snapshot | None = None

    def note(self, every: int) -> None:
        """Called at the end of an invocation; the first comparison is with the end of the first one."""
        if not every:
            return
        if not tracemalloc.is_tracing():
            tracemalloc.start()
        self._invocations += 1
        if self._before is None:
            self._before = tracemalloc.take_snapshot().filter_traces(_OWN)
        elif self._invocations % every == 0:
            self._before = self._report(self._before)

    def _report(self, before: tracemalloc.Snapshot) -> tracemalloc.Snapshot:
        now = tracemalloc.take_snapshot().filter_traces(_OWN)
        changes = now.compare_to(before, "lineno")
        grown = [item for item in changes if item.size_diff > 0][:SHOWN]
        fields = {
            "invocations": self._invocations,
            "grown_bytes": sum(item.size_diff for item in changes),
            "most": [f"{item.traceback[0]} +{item.size_diff} B in {item.count_diff} pieces" for item in grown],
        }
        logger().info("memory", extra=fields)
        return now


growth: Final = Growth()
