"""A ledger in memory, for tests of what reserves and settles."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from voicehelper.models.errors import BudgetExceededError
from voicehelper.shapes.viewer import Viewer


@dataclass
class MemoryLedger:
    """``settled`` is every settlement as (tenant, USD); one of an unknown reservation is an error."""

    limit_usd: float = 1_000.0
    open: dict[UUID, float] = field(default_factory=dict)
    settled: list[tuple[str, float]] = field(default_factory=list)
    viewers: list[Viewer | None] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, tenant: str, viewer: Viewer | None, usd: float) -> UUID:
        self.viewers.append(viewer)
        with self._lock:
            used = sum(usd for name, usd in self.settled if name == tenant)
            if used + sum(self.open.values()) + usd > self.limit_usd:
                raise BudgetExceededError(details={"limit_usd": self.limit_usd, "used_usd": used, "resets_at": ""})
            self.open[reservation := uuid4()] = usd
            return reservation

    def settle(self, tenant: str, reservation: UUID, usd: float) -> None:
        with self._lock:
            del self.open[reservation]
            self.settled.append((tenant, usd))
