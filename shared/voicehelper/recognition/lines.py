"""Detected lines → lines of a page in reading order, in rows and columns; pure geometry.

Entry functions: ``without_echoes``, ``slope_of``, ``placed`` and ``in_rows``, called by ``builtin``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from voicehelper.recognition.engine import Reading
from voicehelper.recognition.extents import Extent, rows_of
from voicehelper.recognition.words import words_of
from voicehelper.shapes.recognition import Box, RecognisedLine

_MIN_SLOPE: Final = 0.003  # 0.2°: less moves no line over another one on a page
_LONG: Final = 2.0  # times as wide as high: the direction of shorter ones is not measured well
_INSIDE: Final = 0.6  # of an echo's width
_COLUMN_LINES: Final = 5
_PROSE: Final = 0.55  # of a column's width that its lines fill, by their median


@dataclass(frozen=True, slots=True)
class Placed(Extent):
    """A line where it would be on a page that is straight; ``line`` has its box on the page as it is."""

    line: RecognisedLine


Row = list[Placed]


def without_echoes(readings: Sequence[Reading]) -> list[Reading]:
    """The detector finds the end of some lines once more, inside the line's own box."""
    return [one for one in readings if not any(_echoes(one, other) for other in readings if other is not one)]


def _echoes(one: Reading, other: Reading) -> bool:
    if len(one.text) >= len(other.text) or one.text not in other.text:
        return False
    (left, top), (right, bottom) = _extent(one)
    (other_left, other_top), (other_right, other_bottom) = _extent(other)
    inside = min(right, other_right) - max(left, other_left)
    return inside >= _INSIDE * (right - left) and other_top <= (top + bottom) / 2 <= other_bottom


def _extent(reading: Reading) -> tuple[tuple[float, float], tuple[float, float]]:
    xs, ys = zip(*reading.corners, strict=True)
    return (min(xs), min(ys)), (max(xs), max(ys))


def slope_of(readings: Sequence[Reading]) -> float:
    """How far lines fall per pixel to the right, long ones counting most; 0 for a page that is straight enough."""
    slopes = []
    for reading in readings:
        (x0, y0), (x1, y1) = reading.corners[0], reading.corners[1]
        (_, left_bottom) = reading.corners[3]
        if x1 - x0 > _LONG * abs(left_bottom - y0):
            slopes.append(((y1 - y0) / (x1 - x0), (x1 - x0) ** 2))
    slope = _weighted_median(slopes)
    return slope if abs(slope) >= _MIN_SLOPE else 0.0


def _weighted_median(values: Sequence[tuple[float, float]]) -> float:
    half, so_far = sum(weight for _, weight in values) / 2, 0.0
    for value, weight in sorted(values):
        so_far += weight
        if so_far >= half:
            return value
    return 0.0


def placed(readings: Sequence[Reading], size: tuple[int, int], slope: float) -> list[Placed]:
    return [_place(reading, size, slope) for reading in readings]


def _place(reading: Reading, size: tuple[int, int], slope: float) -> Placed:
    """Turned back around the origin by the page's own angle."""
    angle = math.atan(slope)
    sine, cosine = math.sin(angle), math.cos(angle)
    straight = [(x * cosine + y * sine, y * cosine - x * sine) for x, y in reading.corners]
    xs, ys = [x for x, _ in straight], [y for _, y in straight]
    box = box_of(reading.corners, size)
    line = RecognisedLine(reading.text.strip(), box, round(reading.confidence, 4), words_of(reading, size))
    return Placed(min(xs), min(ys), max(xs), max(ys), line)


def box_of(corners: Sequence[tuple[float, float]], size: tuple[int, int]) -> Box:
    xs, ys = [x / size[0] for x, _ in corners], [y / size[1] for _, y in corners]
    return Box(*(round(min(1.0, max(0.0, value)), 5) for value in (min(xs), min(ys), max(xs), max(ys))))


def in_rows(lines: Sequence[Placed]) -> list[Row]:
    """Rows in reading order: what stands at one height is a row, from left to right, but columns of prose are read one
    after the other, between what crosses both.
    """
    gutter = _gutter(lines)
    if gutter is None:
        return rows_of(lines)
    rows: list[Row] = []
    band: list[Placed] = []
    for line in sorted(lines, key=lambda line: line.centre):
        if line.x0 < gutter < line.x1:
            rows += [*_columns(band, gutter), [line]]
            band = []
        else:
            band.append(line)
    return rows + _columns(band, gutter)


def _columns(band: Sequence[Placed], gutter: float) -> list[Row]:
    left = [line for line in band if line.x1 <= gutter]
    right = [line for line in band if line.x0 >= gutter]
    return rows_of(left) + rows_of(right)


def _gutter(lines: Sequence[Placed]) -> float | None:
    """Where the page's middle has columns of prose on both sides; tables are not prose: their cells are short."""
    if len(lines) < 2 * _COLUMN_LINES:
        return None
    start, end = min(line.x0 for line in lines), max(line.x1 for line in lines)
    edges = sorted({line.x1 for line in lines if start + 0.3 * (end - start) < line.x1 < start + 0.7 * (end - start)})
    found = [at for at in (edge + 1 for edge in edges) if _parts_prose(lines, at, start, end)]
    return min(found, key=lambda at: sum(line.x0 < at < line.x1 for line in lines), default=None)


def _parts_prose(lines: Sequence[Placed], at: float, start: float, end: float) -> bool:
    left = [line for line in lines if line.x1 <= at]
    right = [line for line in lines if line.x0 >= at]
    crossing = len(lines) - len(left) - len(right)
    if min(len(left), len(right)) < _COLUMN_LINES or crossing > 0.25 * len(lines):
        return False
    fills = (
        median(line.x1 - line.x0 for line in left) / (at - start),
        median(line.x1 - line.x0 for line in right) / (end - at),
    )
    return min(fills) >= _PROSE
