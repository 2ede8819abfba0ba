"""Rows of cells as workbooks store them → rows as a reader sees them: merged cells filled in, hidden rows, notes.

Entry function: ``complete_rows``, called by ``xlsx`` and ``xls``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from voicehelper.ingestion.parsers.office.sheet_regions import SheetRow

_MAX_COLUMNS = 1000  # with their gaps; of the columns beyond, only the filled cells follow
_MAX_REPEATED_CELLS = 500_000  # of one sheet
_MAX_MERGED_CELLS = 10_000  # of one merged range; the text of larger ones is not repeated
CellNotes = dict[int, dict[int, str]]  # row from 1 → column from 0 → text


@dataclass(frozen=True, slots=True)
class CellRow:
    """``cells`` are column from 0 → text, without empty ones. ``is_bold`` if all of them are."""

    number: int
    cells: dict[int, str]
    is_bold: bool = False
    is_hidden: bool = False
    is_collapsed: bool = False  # part of a group that can be opened again


class Range(NamedTuple):
    """Rows count from 1, columns from 0; the last ones belong to it."""

    first_row: int
    last_row: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class SheetRanges:
    """``heads`` are the rows that declared tables and filters have for their heads."""

    merges: list[Range]
    filters: list[Range]
    heads: frozenset[int]

    def is_filtered(self, row: int) -> bool:
        return any(item.first_row < row <= item.last_row for item in self.filters)


def complete_rows(
    rows: Iterable[CellRow], ranges: SheetRanges, notes: CellNotes, warnings: list[str]
) -> Iterator[SheetRow]:
    """Adds filtered_rows and hidden_rows to ``warnings``."""
    merges = sorted(_small_merges(ranges.merges), reverse=True)
    merged = _with_merged_cells(_visible_rows(rows, ranges, warnings), merges)
    return (_sheet_row(row, row_notes, ranges) for row, row_notes in _with_notes(merged, notes))


def _visible_rows(rows: Iterable[CellRow], ranges: SheetRanges, warnings: list[str]) -> Iterator[CellRow]:
    """Rows that a filter or a closed group hides are data; rows hidden by hand are empty here."""
    for row in rows:
        if not row.is_hidden:
            yield row
        elif row.is_collapsed or ranges.is_filtered(row.number):
            warnings.append("filtered_rows")
            yield row
        else:
            warnings.append("hidden_rows")
            yield CellRow(row.number, {})


def _with_notes(rows: Iterable[CellRow], notes: CellNotes) -> Iterator[tuple[CellRow, dict[int, str]]]:
    """Notes on rows without text make rows of their own."""
    waiting = sorted(notes, reverse=True)
    for row in rows:
        while waiting and waiting[-1] < row.number:
            yield CellRow(waiting[-1], {}), notes[waiting.pop()]
        if waiting and waiting[-1] == row.number:
            waiting.pop()
        yield row, notes.get(row.number, {})
    for number in reversed(waiting):
        yield CellRow(number, {}), notes[number]


def _sheet_row(row: CellRow, notes: dict[int, str], ranges: SheetRanges) -> SheetRow:
    is_head = row.number in ranges.heads or (row.is_bold and bool(row.cells))
    return SheetRow(row.number, _to_list(row.cells), notes, is_head)


def _to_list(cells: dict[int, str]) -> list[str]:
    if not cells:
        return []
    near = [cells.get(column, "") for column in range(min(max(cells) + 1, _MAX_COLUMNS))]
    return near + [cells[column] for column in sorted(cells) if column >= _MAX_COLUMNS]


def _small_merges(merges: list[Range]) -> Iterator[Range]:
    """Those whose text is repeated: none larger than ``_MAX_MERGED_CELLS``, all together ``_MAX_REPEATED_CELLS``."""
    room = _MAX_REPEATED_CELLS
    for merge in merges:
        size = (merge.last_row - merge.first_row + 1) * (merge.right - merge.left + 1)
        if 0 < size <= min(_MAX_MERGED_CELLS, room) and merge.first_row <= merge.last_row:
            room -= size
            yield merge


def _with_merged_cells(rows: Iterable[CellRow], merges: list[Range]) -> Iterator[CellRow]:
    """A merged cell repeats its text in each place. ``merges`` have the last row first and are used up."""
    active: list[tuple[Range, str]] = []
    for row in rows:
        active = [item for item in active if item[0].last_row >= row.number]
        while merges and merges[-1].first_row <= row.number:
            merge = merges.pop()
            if merge.first_row == row.number and merge.left in row.cells:
                active.append((merge, row.cells[merge.left]))
        if not active:
            yield row
            continue
        complete = dict(row.cells)
        for (_, _, left, right), text in active:
            complete.update((column, text) for column in range(left, right + 1) if column not in row.cells)
        yield replace(row, cells=complete)
