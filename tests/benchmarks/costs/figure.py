"""One measured value and the limit it is held against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``most`` and ``least`` are the limits; a figure without one is told and not judged."""

    name: str
    value: float
    unit: str = "x"
    most: float | None = None
    least: float | None = None

    @property
    def within(self) -> bool:
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def __str__(self) -> str:
        limit = f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}" if self.least is not None else ""
        return f"{self.name:52s} {self.value:9.3f} {self.unit:5s} {limit:9s}{'' if self.within else '  OUTSIDE'}"
