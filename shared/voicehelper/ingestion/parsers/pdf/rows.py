"""Tables without strokes: cells that stand one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from voicehelper.ingestion.parsers.common.tables import table_lines
from voicehelper.ingestion.parsers.pdf.order import Line, Segment


def is_row(lines: Sequence[Line], at: int) -> bool:
    """Several cells on one height, next to another such line."""
    return any(_are_rows(lines[at], lines[other]) for other in (at - 1, at + 1) if 0 <= other < len(lines))


def _are_rows(line: Line, other: Line) -> bool:
    if line.table or other.table or abs(line.top - other.top) > 4 * line.size:
        return False
    alike = len(line.segments) == len(other.segments) > 2
    return (_has_cells(line) or alike) and (_has_cells(other) or alike) and (_has_cells(line) or _has_cells(other))


def _has_cells(line: Line) -> bool:
    return any(b.left - a.right > 1.5 * line.size for a, b in pairwise(line.segments))


def row_lines(lines: Sequence[Line], cleaned: Callable[[str], str]) -> list[str]:
    """One line of text a row. The row of most cells says where the columns are; the others' cells join the nearest."""
    widest = max(lines, key=lambda line: len(line.segments)).segments
    return table_lines([_cells(line, widest, cleaned) for line in lines])


def _cells(line: Line, columns: Sequence[Segment], cleaned: Callable[[str], str]) -> list[str]:
    cells = [""] * len(columns)
    for segment in line.segments:
        nearest = _nearest(segment, columns)
        cells[nearest] = f"{cells[nearest]} {cleaned(segment.text)}".strip()
    return cells


def _nearest(segment: Segment, columns: Sequence[Segment]) -> int:
    """The column with the smallest gap; of several, the one that is aligned best."""
    gaps = [max(0.0, segment.left - column.right, column.left - segment.right) for column in columns]
    least = min(gaps)
    return min((at for at, gap in enumerate(gaps) if gap == least), key=lambda at: _misalignment(segment, columns[at]))


def _misalignment(one: Segment, other: Segment) -> float:
    """Numbers are flush right and names flush left or centred: the best of the three."""
    return min(
        abs(one.left - other.left),
        abs(one.right - other.right),
        abs(one.left + one.right - other.left - other.right) / 2,
    )
