"""Tables of recognised pages as those of other pages: what is no table is text, and two below each other are two.

Entry functions: ``tables_of`` for the parts of a page, called by ``scanned``, ``figure_tables`` for pictures on it, and
``is_table``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from voicehelper.ingestion.parsers.pdf.tables import RuledTable
from voicehelper.shapes.recognition import RecognisedPage, RecognisedTable

_LEAST_CELLS, _MOST_ROWS = 2, 0.6  # filled ones of a row, and the share of rows that have them
_HEAD_ROWS: Final = 3  # one of them has no empty cell
_PARTED_ROWS, _PARTED_COLUMNS = 3, 2  # of a table below another: its rows at least, and columns that only the other has
_INTRODUCES: Final = (":", "：")

_FIGURE_ROWS, _FIGURE_CELLS = 4, 0.6  # rows at least, and the share of cells that hold something

Rows = Sequence[Sequence[str]]


def is_table(rows: Rows) -> bool:
    """Whether rows have columns: a form whose lines happen to stand side by side is read line by line."""
    head, body = rows[0], rows[1:]
    if len(head) < _LEAST_CELLS or not body or not any(all(row) for row in rows[:_HEAD_ROWS]):
        return False
    filled = sum(sum(map(bool, row)) >= _LEAST_CELLS for row in body)
    return len(body) == 1 or filled >= _MOST_ROWS * len(body)


def figure_tables(found: RecognisedPage) -> list[RecognisedTable]:
    """Of a picture on a page or slide: the boxes of a screen or a drawing stand in rows and columns, too."""
    return [table for table in found.tables if is_table(table.rows) and _is_full(table.rows)]


def _is_full(rows: Rows) -> bool:
    cells = sum(len(row) for row in rows)
    return len(rows) >= _FIGURE_ROWS and sum(sum(map(bool, row)) for row in rows) >= _FIGURE_CELLS * cells


def tables_of(found: Sequence[RecognisedTable], width: float, height: float) -> list[RuledTable]:
    """On a page of that size."""
    return [part for table in found if is_table(table.rows) for part in _parts(table, width, height)]


def _parts(table: RecognisedTable, width: float, height: float) -> Iterator[RuledTable]:
    """Each between the heights that its share of the rows gives it: what stands in them is read in their order."""
    box, at = table.box, 0
    step = (box.y1 - box.y0) / len(table.rows)
    for rows in _parted(table.rows):
        top, bottom = box.y0 + at * step, box.y0 + (at + len(rows)) * step
        at += len(rows)
        yield RuledTable(_without_empty_columns(rows), box.x0 * width, top * height, box.x1 * width, bottom * height)


def _parted(rows: Rows) -> list[Rows]:
    """Where rows below have columns of their own, with the sentence between both."""
    at = next((at for at in range(1, len(rows) - _PARTED_ROWS + 1) if _is_other_table(rows[:at], rows[at:])), None)
    if at is None:
        return [rows]
    below = at + rows[at][_last(rows[at])].endswith(_INTRODUCES)
    return [part for part in (rows[:at], rows[at:below], rows[below:]) if part]


def _is_other_table(above: Rows, below: Rows) -> bool:
    """``below`` begins with words alone, as a head does and sums do not."""
    has_head = not any(character.isdecimal() for character in below[0][_last(below[0])])
    return has_head and len(_filled(above) - _filled(below)) >= _PARTED_COLUMNS and len(_filled(below[1:])) > 1


def _last(row: Sequence[str]) -> int:
    return max((at for at, cell in enumerate(row) if cell), default=0)


def _filled(rows: Rows) -> set[int]:
    return {at for row in rows for at, cell in enumerate(row) if cell}


def _without_empty_columns(rows: Rows) -> list[list[str]]:
    kept = sorted(_filled(rows))
    return [[row[at] for at in kept] for row in rows]
