"""``Trace``: which stages ran for a question, for how long, with which chunks.

``pipeline.retrieve`` writes it; metrics, ``features_used`` and spans are read from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

FAILED = "failed: "  # how the skip reason of a stage begins that could not do its work


@dataclass(frozen=True, slots=True)
class StageRun:
    """One run of a stage. ``chunk_ids`` are its results, best first, and ``scores`` theirs. ``paths`` says of the
    chunks that a stage came to by others which those are: {chunk id: titles, the chunk's own last}.

    ``skip_reason`` is empty unless it did nothing. ``began`` as the clock of whoever ran it counts.
    """

    name: str
    seconds: float
    chunk_ids: tuple[UUID, ...] = ()
    skip_reason: str = ""
    scores: tuple[float, ...] = field(default=(), compare=False)
    began: float | None = field(default=None, compare=False, kw_only=True)
    paths: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Trace:
    runs: tuple[StageRun, ...] = ()

    def __add__(self, run: StageRun) -> Trace:
        return Trace((*self.runs, run))

    def ran(self, name: str) -> bool:
        return any(run.name == name and not run.skip_reason for run in self.runs)

    def failed(self, name: str) -> bool:
        return any(run.name == name and run.skip_reason.startswith(FAILED) for run in self.runs)

    def seconds(self, names: Collection[str]) -> float:
        """Total time of the stages with these names."""
        return sum(run.seconds for run in self.runs if run.name in names)

    def features(self, names: Collection[str]) -> list[str]:
        """Those of ``names`` whose stage ran, in the order of the stages."""
        return [run.name for run in self.runs if run.name in names and not run.skip_reason]
