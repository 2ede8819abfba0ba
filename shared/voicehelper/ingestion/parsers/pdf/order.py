"""Words of a page → lines in reading order: columns one after the other, everything else from top to bottom.

Entry functions: ``lines_in_order`` for a page, then ``fit_regions`` once running lines are gone, both for ``document``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from voicehelper.ingestion.parsers.common.cleaning import display_width
from voicehelper.ingestion.parsers.pdf.lines import Line, Segment
from voicehelper.ingestion.parsers.pdf.tables import RuledTable
from voicehelper.ingestion.parsers.pdf.word import Word

_MIN_COLUMN_SEGMENTS = 4
_MIN_COLUMN_WIDTH = 14  # characters of Latin text; narrower is a table's column


def lines_in_order(words: Sequence[Word], tables: Sequence[RuledTable]) -> list[Line]:
    segments = _segments(words)
    segments += [Segment([], t.left, t.top, t.right, t.bottom, len(segments), t) for t in tables]
    lines: list[Line] = []
    for number, region in enumerate(_regions(segments)):
        left, right = min(s.left for s in region), max(s.right for s in region)
        lines += [Line(row, number, left, right) for row in _group_by_height(region)]
    return lines


def fit_regions(lines: Sequence[Line]) -> None:
    """Recompute each line's region edges from the remaining text: a page number must not widen a column."""
    regions: dict[int, list[Line]] = {}
    for line in lines:
        if not line.table:
            regions.setdefault(line.region, []).append(line)
    for members in regions.values():
        left, right = min(line.left for line in members), _typical_right_edge(sorted(line.right for line in members))
        gaps = sorted(b.top - a.bottom for a, b in pairwise(members))
        for line in members:
            line.left_edge, line.right_edge = left, right
            line.usual_gap = gaps[len(gaps) // 3] if gaps else 0.0


def _typical_right_edge(rights: list[float]) -> float:
    """The 90th percentile: a few lines stick out of their column. ``rights`` are sorted."""
    return rights[min(len(rights) - 1, round(0.9 * len(rights)))]


def _segments(words: Sequence[Word]) -> list[Segment]:
    segments: list[Segment] = []
    last: Segment | None = None
    for word in words:
        _, left, top, right, bottom, _ = word
        if last is not None and _is_adjacent(last, left, top, bottom):
            last.words.append(word)
            # min() and max() cost twice as much, and this runs for every word of every page.
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


def _is_adjacent(segment: Segment, left: float, top: float, bottom: float) -> bool:
    """Whether a word is on the segment's line, and as near to its end as words of one cell are."""
    height = max(bottom - top, 1.0)
    if not -0.5 * height <= left - segment.right <= 0.75 * height:
        return False
    if segment.top == top and segment.bottom == bottom:
        return True
    overlap = min(segment.bottom, bottom) - max(segment.top, top)
    return overlap > 0.5 * min(height, segment.bottom - segment.top)


def _regions(segments: list[Segment]) -> list[list[Segment]]:
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
            regions += _regions(left) + _regions(right)
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
    # Segments that start before x, less those that end before it.
    crossing = {x: bisect_left(lefts, x) - bisect_right(rights, x) for x in candidates}
    fewest = min(crossing.values())
    if fewest > 0.4 * len(segments):
        return None
    least_crossed = [x for x in candidates if crossing[x] == fewest]
    return min(least_crossed, key=lambda x: abs(x - median(least_crossed)))


def _bands(segments: list[Segment], gutter: float) -> list[list[Segment]]:
    """From top to bottom, alternating runs of segments that cross the gutter and segments that do not."""
    bands: list[list[Segment]] = []
    previous_crosses: bool | None = None
    for segment in sorted(segments, key=lambda s: (s.top + s.bottom) / 2):
        crosses = segment.left < gutter < segment.right
        if crosses != previous_crosses:
            bands.append([])
        bands[-1].append(segment)
        previous_crosses = crosses
    return bands


def _are_columns(left: list[Segment], right: list[Segment]) -> bool:
    """Prose on both sides, stored one side after the other: a table is stored row by row."""
    if min(len(left), len(right)) < _MIN_COLUMN_SEGMENTS:
        return False
    if min(_typical_width(left), _typical_width(right)) < _MIN_COLUMN_WIDTH:
        return False
    stored = sorted([(s.sequence, 0) for s in left] + [(s.sequence, 1) for s in right])
    side_changes = sum(a[1] != b[1] for a, b in pairwise(stored))
    return side_changes <= max(3, 0.3 * min(len(left), len(right)))


def _typical_width(segments: list[Segment]) -> float:
    return median(display_width(segment.text) for segment in segments)


def _group_by_height(segments: list[Segment]) -> list[list[Segment]]:
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: ((s.top + s.bottom) / 2, s.left)):
        if rows and not segment.table and not rows[-1][0].table and _share_height(rows[-1][-1], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [sorted(row, key=lambda s: s.left) for row in rows]


def _share_height(one: Segment, other: Segment) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0.5 * min(one.height, other.height)
