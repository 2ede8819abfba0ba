"""What a question went through, written once: metrics, the features an answer names, and spans all read this."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StageRun:
    """One stage as it ran. ``chunk_ids`` are those kept after it, best first; ``skipped`` says why it did nothing."""

    name: str
    seconds: float
    chunk_ids: tuple[UUID, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    runs: tuple[StageRun, ...] = ()

    def __add__(self, run: StageRun) -> Trace:
        return Trace((*self.runs, run))

    def ran(self, name: str) -> bool:
        return any(run.name == name and not run.skipped for run in self.runs)

    def seconds(self, names: Collection[str]) -> float:
        """Time of all stages of these names together."""
        return sum(run.seconds for run in self.runs if run.name in names)

    def features(self, known: Collection[str]) -> list[str]:
        """Names of the stages that ran, in order, of those that are known features."""
        return [run.name for run in self.runs if run.name in known and not run.skipped]
