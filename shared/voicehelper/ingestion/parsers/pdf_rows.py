"""Tables without strokes: cells that stand one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from voicehelper.ingestion.parsers.pdf_order import Line, Segment
from voicehelper.ingestion.parsers.tables import table_lines


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
        nearest = min(range(len(columns)), key=lambda column: _distance(segment, columns[column]))
        cells[nearest] = f"{cells[nearest]} {cleaned(segment.text)}".strip()
    return cells


def _distance(one: Segment, other: Segment) -> tuple[float, float]:
    """Numbers are flush right and names flush left or centred: the best of the three alignments, after any gap."""
    gap = max(0.0, one.left - other.right, other.left - one.right)
    aligned = min(
        abs(one.left - other.left),
        abs(one.right - other.right),
        abs(one.left + one.right - other.left - other.right) / 2,
    )
    return gap, aligned
