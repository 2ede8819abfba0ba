"""What one part of the drill tried, and what of it went wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Protocol


@dataclass
class Outcome:
    """``tried`` counts by kind; each finding is one sentence. ``untried`` is why the part could not run at all."""

    tried: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    untried: str = ""
    seconds: float = 0.0

    @property
    def findings(self) -> list[str]:
        return [*self.lost, *self.duplicated, *self.wrong]

    @property
    def holds(self) -> bool:
        return not self.findings and not self.untried

    def compare(self, name: str, found: object, expected: object) -> None:
        if found != expected:
            self.wrong.append(f"{name}: {found} in place of {expected}"[:600])

    def require(self, kind: str, least: int) -> None:
        """A part that tried less than it says has proven nothing."""
        if self.tried[kind] < least:
            self.wrong.append(f"{self.tried[kind]} {kind}, {least} are demanded")


class Part(Protocol):
    """Its sizes have names and may be left out."""

    def __call__(self, random: Random, **sizes: int) -> Outcome: ...
