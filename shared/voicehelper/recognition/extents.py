"""What stands somewhere on a straight page, in pixels, and the rows of it: ``Extent`` and ``rows_of``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeVar

T = TypeVar("T", bound="Extent")
_SAME_ROW: Final = 0.5  # of the lower one's height


@dataclass(frozen=True, slots=True)
class Extent:
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def centre(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        return self.y1 - self.y0


def rows_of(extents: Iterable[T]) -> list[list[T]]:
    """From top to bottom, each from left to right: what shares the middle of a row's others joins it."""
    rows: list[list[T]] = []
    for one in sorted(extents, key=lambda extent: extent.centre):
        row = rows[-1] if rows else []
        if row and abs(one.centre - median(other.centre for other in row)) < _SAME_ROW * min(
            one.height, median(other.height for other in row)
        ):
            row.append(one)
        else:
            rows.append([one])
    return [sorted(row, key=lambda extent: extent.x0) for row in rows]
