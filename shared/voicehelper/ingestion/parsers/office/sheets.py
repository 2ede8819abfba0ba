"""Rows of a spreadsheet → blocks: titles above a table, then one block per row that names its columns.

Entry function: ``sheet_blocks``, called by ``xlsx`` and ``xls``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.common.tables import full_names, header_index, named_row, plain_row

NumberedRow = tuple[int, Sequence[str]]  # row 1 is the sheet's first
_MAX_EMPTY_ROWS = 1  # within a table; more of them separate two tables
_MAX_HEADER_ROWS = 30
_MAX_TITLE_LENGTH = 120


def sheet_blocks(sheet: str | None, rows: Iterable[NumberedRow], *, path: tuple[str, ...] = ()) -> Iterator[Block]:
    """In row order; a title above a table joins the heading path of its rows."""
    for table in _tables(rows):
        yield from _table_blocks(sheet, table, path)


def _tables(rows: Iterable[NumberedRow]) -> Iterator[list[NumberedRow]]:
    """Runs of rows that at most ``_MAX_EMPTY_ROWS`` separate; empty rows are left out."""
    table: list[NumberedRow] = []
    for number, row in rows:
        cells = [one_line(cell) for cell in row]
        if not any(cells):
            continue
        if table and number - table[-1][0] > _MAX_EMPTY_ROWS + 1:
            yield table
            table = []
        table.append((number, cells))
    if table:
        yield table


def _table_blocks(sheet: str | None, table: list[NumberedRow], path: tuple[str, ...]) -> Iterator[Block]:
    cells = [row for _, row in table]
    header = header_index(cells)
    if header is None:
        yield from (_row(sheet, number, plain_row(row), path) for number, row in table)
        return
    names, first = full_names(cells[: header + _MAX_HEADER_ROWS], header)
    for number, row in table[:header]:
        title = plain_row(row)
        path = (*path, title) if len(title) <= _MAX_TITLE_LENGTH and _is_title(row) else path
        yield _row(sheet, number, title, path)
    if first >= len(table):
        yield _row(sheet, table[header][0], plain_row(names), path)
    for number, row in table[first:]:
        yield _row(sheet, number, named_row(names, row), path)


def _is_title(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    return len(filled) == 1 or all(a == b for a, b in pairwise(filled))


def _row(sheet: str | None, number: int, text: str, path: tuple[str, ...]) -> Block:
    return Block(text, "table", Place(sheet=sheet, first_row=number, last_row=number), path)
