"""What is dark on a page made straight: drawn lines, across and down, as segments, and blanks between words.

Entry functions: ``ink_of``, ``rulings_of`` and ``blanks_of``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final

import numpy as np
from PIL import Image, ImageFilter

from voicehelper.recognition.lines import Placed

_SHORTEST: Final = 1.25  # heights of a line; strokes of its letters are shorter
_INKED: Final = 0.02  # of a row of pixels in a line
_CONTRAST: Final = 0.12  # of what is around; hair lines are grey when scanned
_GRAIN: Final = 5.0  # times the typical noise
_STROKE: Final = 15  # pixels, the widest that is ink
_FILLED: Final = 0.88  # of a run's pixels that are dark: scans leave holes
_JOINS: Final = 8  # pixels between two parts of one line


@dataclass(frozen=True, slots=True)
class Segment:
    """At ``at`` across its direction, from ``start`` to ``end`` along it."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Rulings:
    across: list[Segment]
    down: list[Segment]


def ink_of(page: Image.Image, slope: float) -> Any:
    """Which pixels are ink, as an array of rows, of the page made straight."""
    return _dark(_straight(page.convert("L"), slope))


def rulings_of(ink: Any, lines: Sequence[Placed]) -> Rulings:
    """Without strokes of letters: those are in the box of a line."""
    shortest = max(12, int(_SHORTEST * median(line.height for line in lines)))
    across = [one for one in _segments(ink, shortest) if not any(_underlies(one, line) for line in lines)]
    down = [one for one in _segments(ink.T, shortest) if not any(_is_stroke(one, line) for line in lines)]
    return Rulings(across, down)


def _underlies(segment: Segment, line: Placed) -> bool:
    return line.y0 < segment.at < line.y1 and line.x0 - 2 <= segment.start and segment.end <= line.x1 + 2


def _is_stroke(segment: Segment, line: Placed) -> bool:
    return line.x0 < segment.at < line.x1 and line.y0 - 2 <= segment.start and segment.end <= line.y1 + 2


def blanks_of(ink: Any, line: Placed, *, wider_than: float) -> list[tuple[float, float]]:
    """Where a line has no ink for more than ``wider_than`` heights of its letters: what was detected as one line may be
    two cells.
    """
    y0, y1, x0, x1 = (max(0, round(value)) for value in (line.y0, line.y1, line.x0, line.x1))
    band = ink[y0 : max(y1, y0 + 1), x0:x1]
    if band.mean(axis=1).max(initial=0.0) <= _INKED:
        return []
    rows = np.flatnonzero(band.mean(axis=1) > _INKED)
    band = band[rows[0] : rows[-1] + 1]
    edges = np.flatnonzero(np.diff(np.pad((~band.any(axis=0)).astype("int8"), 1)))
    least = wider_than * len(band)
    return [(x0 + float(a), x0 + float(b)) for a, b in edges.reshape(-1, 2) if a > 0 and b < x1 - x0 and b - a >= least]


def _straight(grey: Image.Image, slope: float) -> Image.Image:
    if not slope:
        return grey
    angle = math.atan(slope)
    sine, cosine = math.sin(angle), math.cos(angle)
    around = (cosine, -sine, 0, sine, cosine, 0)
    return grey.transform(grey.size, Image.Transform.AFFINE, around, Image.Resampling.BILINEAR, fillcolor=255)


def _dark(grey: Image.Image) -> Any:
    """Darker than both sides within the width of a stroke (a morphological closing, less the page): the fill of a row
    is not, and a line on it is.
    """
    page = np.asarray(grey.filter(ImageFilter.BoxBlur(0.5)), "int16")
    closed = _extreme(_extreme(page, np.maximum), np.minimum)
    grain = float(np.median(np.abs(np.asarray(grey, "int16") - page)))
    return closed - page > np.maximum(_CONTRAST * closed, _GRAIN * grain)


def _extreme(page: Any, choose: Any) -> Any:
    """The largest or smallest of a square of _STROKE pixels around each, by doubling the reach."""
    for axis in (0, 1):
        reach, result = 1, page
        while reach < _STROKE:
            step = min(reach, _STROKE - reach)
            result = choose(result, np.roll(result, step, axis))
            reach += step
        page = np.roll(result, -(_STROKE // 2), axis)
    return page


def _segments(dark: Any, shortest: int) -> list[Segment]:
    blobs: list[list[int]] = []  # first row, last row, start, end
    alive: list[list[int]] = []
    for row, runs in _runs(_long_runs(dark, shortest)):
        now = []
        for start, end in runs:
            blob = next((one for one in alive if one[1] >= row - 2 and one[2] < end and start < one[3]), None)
            if blob is None:
                blob = [row, row, start, end]
                blobs.append(blob)
            else:
                blob[1], blob[2], blob[3] = row, min(blob[2], start), max(blob[3], end)
            now.append(blob)
        alive = now + [one for one in alive if one[1] >= row - 2 and one not in now]
    return _joined([Segment((first + last) / 2, start, end) for first, last, start, end in blobs])


def _long_runs(dark: Any, shortest: int) -> Any:
    """Pixels in a window of ``shortest`` along the row of which nearly all are dark."""
    counts = np.cumsum(np.pad(dark.astype("int32"), ((0, 0), (1, 0))), axis=1)
    if counts.shape[1] <= shortest:
        return np.zeros_like(dark)
    full = (counts[:, shortest:] - counts[:, :-shortest]) >= _FILLED * shortest
    starts = np.cumsum(np.pad(full.astype("int32"), ((0, 0), (shortest, shortest - 1))), axis=1)
    return (starts[:, shortest:] - starts[:, :-shortest])[:, : dark.shape[1]] > 0


def _runs(mask: Any) -> list[tuple[int, list[tuple[int, int]]]]:
    rows = []
    for row in np.flatnonzero(mask.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.pad(mask[row].astype("int8"), 1)))
        rows.append((int(row), [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]))
    return rows


def _joined(segments: list[Segment]) -> list[Segment]:
    """Parts of one line: one scan breaks it, another draws it in two rows."""
    joined: list[Segment] = []
    for segment in sorted(segments, key=lambda one: (round(one.at / _JOINS), one.start)):
        last = joined[-1] if joined else None
        if last and abs(last.at - segment.at) < _JOINS and segment.start - last.end < _JOINS:
            joined[-1] = replace(last, end=max(last.end, segment.end))
        else:
            joined.append(segment)
    return joined
