"""What was measured on the local stack, and what it is on Lambda. Entry: ``read``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.local.paths import ROOT

# The memory at which Lambda gives a function one core; with less it gets that share of it:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
CORE_MB: Final = 1_769


@dataclass(frozen=True)
class Measured:
    """infra/measured.json, which `durations` and `task_durations` in tests/benchmarks/costs write."""

    content: dict[str, Any]

    def warm_s(self, function: str, memory_mb: int) -> float:
        """Billed seconds of a warm call: CPU at the function's share of a core, and waiting."""
        times = self.content["functions"][function]
        return float(times["cpu_ms"] / _share(memory_mb) + times["wait_ms"]) / 1000

    def cold_s(self, function: str, memory_mb: int) -> float:
        """Billed seconds that an environment's first call takes longer."""
        return float(self.content["functions"][function]["cold_cpu_ms"]) / _share(memory_mb) / 1000

    @property
    def question(self) -> dict[str, float]:
        return dict(self.content["question"])

    @property
    def document(self) -> dict[str, float]:
        return dict(self.content["document"])

    @property
    def task(self) -> dict[str, float]:
        return dict(self.content["task"])

    @property
    def log_bytes(self) -> float:
        """That the product writes itself in an invocation."""
        return float(self.content["log_bytes_of_an_invocation"])

    @property
    def idle_session_s(self) -> float | None:
        return None if self.content["idle_session_s"] is None else float(self.content["idle_session_s"])


def read(path: Path = ROOT / "infra" / "measured.json") -> Measured:
    return Measured(json.loads(path.read_text("utf-8")))


def _share(memory_mb: int) -> float:
    return min(1.0, memory_mb / CORE_MB)
