"""Ranges of a worksheet: merged cells, filters and declared tables.

Entry functions: ``sheet_ranges`` and ``with_merged_cells``, called by ``xlsx``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from voicehelper.ingestion.parsers.office.formula_syntax import column_index
from voicehelper.ingestion.parsers.office.ooxml import Package, attribute, child, number
from voicehelper.ingestion.parsers.office.xlsx_cells import CellRow

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")
_REFERRED = re.compile(rb"<(?:\w{1,20}:)?(mergeCell|autoFilter)\b[^<>]*?\bref=\"([A-Z0-9$:]{5,24})\"")
_MAX_REPEATED_CELLS = 500_000  # of one sheet
_MAX_MERGED_CELLS = 10_000  # of one merged range; the text of larger ones is not repeated


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


def sheet_ranges(package: Package, part: str, content: bytes) -> SheetRanges:
    """``content`` is that of the worksheet ``part``."""
    found = [(kind.decode(), _range(ref.decode())) for kind, ref in _REFERRED.findall(content)]
    merges = [item for kind, item in found if item and kind == "mergeCell"]
    filters = [item for kind, item in found if item and kind == "autoFilter"]
    tables = list(_tables(package, part))
    heads = frozenset(item.first_row for item in (*filters, *tables))
    return SheetRanges(sorted(_small_merges(merges), reverse=True), [*filters, *tables], heads)


def _tables(package: Package, part: str) -> Iterator[Range]:
    """Declared tables with a head row; they have filters of their own."""
    for kind, target in package.relations(part).values():
        root = package.decoration(target) if kind == "table" else None
        if root is None or number(attribute(root, "headerRowCount"), 1) != 1:
            continue
        item = _range(attribute(root, "ref") or attribute(child(root, "autoFilter"), "ref") or "")
        if item:
            yield item


def _range(ref: str) -> Range | None:
    match = _RANGE.fullmatch(ref)
    return Range(int(match[2]), int(match[4]), column_index(match[1]), column_index(match[3])) if match else None


def _small_merges(merges: list[Range]) -> Iterator[Range]:
    """Those whose text is repeated: none larger than ``_MAX_MERGED_CELLS``, all together ``_MAX_REPEATED_CELLS``."""
    room = _MAX_REPEATED_CELLS
    for merge in merges:
        size = (merge.last_row - merge.first_row + 1) * (merge.right - merge.left + 1)
        if 0 < size <= min(_MAX_MERGED_CELLS, room) and merge.first_row <= merge.last_row:
            room -= size
            yield merge


def with_merged_cells(rows: Iterable[CellRow], merges: list[Range]) -> Iterator[CellRow]:
    """A merged cell repeats its text in each place. ``merges`` have the last row first and are used up."""
    active: list[tuple[Range, str]] = []
    for row in rows:
        active = [item for item in active if item[0].last_row >= row.number]
        while merges and merges[-1].first_row <= row.number:
            merge = merges.pop()
            if merge.first_row == row.number and merge.left in row.cells:
                active.append((merge, row.cells[merge.left]))
        complete = dict(row.cells)
        for (_, _, left, right), text in active:
            complete.update((column, text) for column in range(left, right + 1) if column not in row.cells)
        yield replace(row, cells=complete)
