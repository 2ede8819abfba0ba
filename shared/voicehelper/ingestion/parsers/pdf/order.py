"""Words of a page → lines in reading order: columns one after the other, everything else from top to bottom."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from voicehelper.ingestion.parsers.common.cleaning import display_width
from voicehelper.ingestion.parsers.pdf.tables import RuledTable
from voicehelper.ingestion.parsers.pdf.words import Word

_MIN_COLUMN_SEGMENTS = 4
_MIN_COLUMN_WIDTH = 14  # characters of Latin text; narrower is a table's column


@dataclass(slots=True)
class Segment:
    """Words that stand next to each other on one line; ``order`` is its position in the file. Or a whole table."""

    words: list[Word]
    left: float
    top: float
    right: float
    bottom: float
    order: int
    table: RuledTable | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(slots=True)
class Line:
    """Segments on one height within one region, from left to right; ``left_edge`` … are the region's."""

    segments: list[Segment]
    region: int
    left_edge: float
    right_edge: float
    usual_gap: float = 0.0  # between two lines of the region
    top: float = field(init=False)
    bottom: float = field(init=False)
    size: float = field(init=False, default=0.0)  # all of these are asked for many times a line
    weight: int = field(init=False, default=400)
    text: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.top = min(segment.top for segment in self.segments)
        self.bottom = max(segment.bottom for segment in self.segments)
        words = [word for segment in self.segments for word in segment.words]
        if words:
            self.size = median([word.bottom - word.top for word in words])
            self.weight = min([word.weight for word in words])
            self.text = " ".join([word.text for word in words])

    @property
    def table(self) -> RuledTable | None:
        return self.segments[0].table

    @property
    def left(self) -> float:
        return self.segments[0].left

    @property
    def right(self) -> float:
        return self.segments[-1].right


def lines_in_order(words: Sequence[Word], tables: Sequence[RuledTable], page_width: float) -> list[Line]:
    segments = _segments(words)
    segments += [Segment([], t.left, t.top, t.right, t.bottom, len(segments), t) for t in tables]
    lines: list[Line] = []
    for number, region in enumerate(_regions(segments, page_width)):
        left, right = min(s.left for s in region), max(s.right for s in region)
        lines += [Line(row, number, left, right) for row in _rows(region)]
    return lines


def fit_regions(lines: Sequence[Line]) -> None:
    """Set each line's region edges anew from the text that is left: a page number must not widen a column."""
    regions: dict[int, list[Line]] = {}
    for line in lines:
        if not line.table:
            regions.setdefault(line.region, []).append(line)
    for members in regions.values():
        left, right = min(line.left for line in members), _high(sorted(line.right for line in members))
        gaps = sorted(b.top - a.bottom for a, b in pairwise(members))
        for line in members:
            line.left_edge, line.right_edge = left, right
            line.usual_gap = gaps[len(gaps) // 3] if gaps else 0.0


def _high(values: list[float]) -> float:
    """The largest but for a few that stick out."""
    return values[min(len(values) - 1, round(0.9 * len(values)))]


def _segments(words: Sequence[Word]) -> list[Segment]:
    segments: list[Segment] = []
    last: Segment | None = None
    for word in words:
        _, left, top, right, bottom, _ = word
        if last is not None and _continues(last, left, top, bottom):
            last.words.append(word)
            # Compared by hand: this runs for every word of every page.
            if right > last.right:
                last.right = right
            if top < last.top:
                last.top = top
            if bottom > last.bottom:
                last.bottom = bottom
        else:
            last = Segment([word], left, top, right, bottom, len(segments))
            segments.append(last)
    return segments


def _continues(segment: Segment, left: float, top: float, bottom: float) -> bool:
    """Whether a word is on the segment's line and no further from its end than words of one cell are."""
    height = max(bottom - top, 1.0)
    if not -0.5 * height <= left - segment.right <= 0.75 * height:
        return False
    if segment.top == top and segment.bottom == bottom:
        return True
    overlap = min(segment.bottom, bottom) - max(segment.top, top)
    return overlap > 0.5 * min(height, segment.bottom - segment.top)


def _regions(segments: list[Segment], page_width: float) -> list[list[Segment]]:
    """Bands across the page; a band of two columns of prose becomes two regions."""
    gutter = _gutter(segments)
    if gutter is None:
        return [segments] if segments else []
    regions: list[list[Segment]] = []
    single: list[Segment] = []
    for band in _bands(segments, gutter):
        left = [s for s in band if s.right <= gutter]
        right = [s for s in band if s.left >= gutter]
        if len(left) + len(right) == len(band) and _are_columns(left, right):
            regions += [single] if single else []
            regions += _regions(left, page_width) + _regions(right, page_width)
            single = []
        else:
            single += band
    return regions + ([single] if single else [])


def _gutter(segments: list[Segment]) -> float | None:
    """The x in the middle half that the fewest segments cross, if most stand clear of it on both sides."""
    if len(segments) < 2 * _MIN_COLUMN_SEGMENTS:
        return None
    lefts, rights = sorted(s.left for s in segments), sorted(s.right for s in segments)
    left, right = lefts[0], rights[-1]
    candidates = [left + (right - left) * step / 60 for step in range(15, 46)]
    # Begun before x, less those that have ended there.
    crossing = {x: bisect_left(lefts, x) - bisect_right(rights, x) for x in candidates}
    fewest = min(crossing.values())
    if fewest > 0.4 * len(segments):
        return None
    best = [x for x in candidates if crossing[x] == fewest]
    return min(best, key=lambda x: abs(x - median(best)))


def _bands(segments: list[Segment], gutter: float) -> list[list[Segment]]:
    """Runs from top to bottom of segments that cross the gutter, and of segments that do not."""
    bands: list[list[Segment]] = []
    crossed_before: bool | None = None
    for segment in sorted(segments, key=lambda s: (s.top + s.bottom) / 2):
        crosses = segment.left < gutter < segment.right
        if crosses != crossed_before:
            bands.append([])
        bands[-1].append(segment)
        crossed_before = crosses
    return bands


def _are_columns(left: list[Segment], right: list[Segment]) -> bool:
    """Prose on both sides, stored one side after the other: a table is stored row by row."""
    if min(len(left), len(right)) < _MIN_COLUMN_SEGMENTS:
        return False
    if min(_typical_width(left), _typical_width(right)) < _MIN_COLUMN_WIDTH:
        return False
    stored = sorted([(s.order, 0) for s in left] + [(s.order, 1) for s in right])
    changes = sum(a[1] != b[1] for a, b in pairwise(stored))
    return changes <= max(3, 0.3 * min(len(left), len(right)))


def _typical_width(segments: list[Segment]) -> float:
    return median(display_width(segment.text) for segment in segments)


def _rows(segments: list[Segment]) -> list[list[Segment]]:
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: ((s.top + s.bottom) / 2, s.left)):
        if rows and not segment.table and not rows[-1][0].table and _on_one_line(rows[-1][-1], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [sorted(row, key=lambda s: s.left) for row in rows]


def _on_one_line(one: Segment, other: Segment) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0.5 * min(one.height, other.height)
