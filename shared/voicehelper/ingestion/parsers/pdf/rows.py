"""Tables without ruling lines: lines whose segments are aligned in columns.

Entry functions: ``is_row`` and ``row_lines``, called by ``paragraphs``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from voicehelper.ingestion.parsers.common.tables import table_lines
from voicehelper.ingestion.parsers.pdf.filled_form import FIELD_MARK
from voicehelper.ingestion.parsers.pdf.lines import Line, Segment
from voicehelper.text.leaders import is_leader_row


def is_row(lines: Sequence[Line], at: int) -> bool:
    """Whether the line has several cells and so has the line before or after it."""
    return any(_are_rows(lines[at], lines[other]) for other in (at - 1, at + 1) if 0 <= other < len(lines))


def _are_rows(line: Line, other: Line) -> bool:
    if len(line.segments) < 2 or len(other.segments) < 2:
        return False
    if line.table or other.table or abs(line.top - other.top) > 4 * line.size:
        return False
    if len(line.segments) == len(other.segments) > 2:
        has_columns = _has_cells(line) or _has_cells(other)
    else:
        has_columns = _has_cells(line) and _has_cells(other)
    return has_columns and not (_is_one_text(line) or _is_one_text(other))


def _is_one_text(line: Line) -> bool:
    """Label and value belong together, whatever stands in the row below."""
    return FIELD_MARK in line.text or is_leader_row(line.text)


def _has_cells(line: Line) -> bool:
    return any(b.left - a.right > 1.5 * line.size for a, b in pairwise(line.segments))


def row_lines(lines: Sequence[Line], clean: Callable[[str], str]) -> list[str]:
    """One line of text per row. The row with the most cells defines the columns; other cells go to the nearest one."""
    columns = max(lines, key=lambda line: len(line.segments)).segments
    return table_lines([_cells(line, columns, clean) for line in lines])


def _cells(line: Line, columns: Sequence[Segment], clean: Callable[[str], str]) -> list[str]:
    cells = [""] * len(columns)
    for segment in line.segments:
        column = _nearest_column(segment, columns)
        cells[column] = f"{cells[column]} {clean(segment.text)}".strip()
    return cells


def _nearest_column(segment: Segment, columns: Sequence[Segment]) -> int:
    """The column with the smallest gap; among several, the best aligned one."""
    gaps = [max(0.0, segment.left - column.right, column.left - segment.right) for column in columns]
    nearest = [index for index, gap in enumerate(gaps) if gap == min(gaps)]
    return min(nearest, key=lambda index: _misalignment(segment, columns[index]))


def _misalignment(one: Segment, other: Segment) -> float:
    """In points, by left edge, right edge or centre, whichever fits best: numbers are flush right, names are not."""
    return min(
        abs(one.left - other.left),
        abs(one.right - other.right),
        abs(one.left + one.right - other.left - other.right) / 2,
    )
