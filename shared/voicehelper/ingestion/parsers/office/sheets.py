"""Rows of a spreadsheet → blocks: titles above a table, then one block per row that names its columns.

Entry function: ``sheet_blocks``, called by ``xlsx``, ``xls`` and the parser of delimited text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise

from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.common.tables import (
    full_names,
    has_column_names,
    has_header,
    is_value,
    named_row,
    plain_row,
)
from voicehelper.ingestion.parsers.office.sheet_regions import (
    Region,
    SheetRow,
    head_row,
    is_marked_head,
    is_title,
    regions,
)

_MAX_HEADER_ROWS = 30
_MAX_TITLE_LENGTH = 120
_MAX_DISTANT_TITLE_LENGTH = 60  # of a title that an empty row separates from its table
_SAMPLE_ROWS = 50
_MAX_OPEN_TABLES = 16
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{3}")
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(slots=True)
class _Table:
    """A table whose rows may go on below an empty row. ``sample`` are its first rows; columns count from ``left``."""

    names: Sequence[str]
    left: int
    path: tuple[str, ...]
    is_emphasised: bool
    sample: list[Sequence[str]]

    def column(self, column: int) -> list[str]:
        """Values of the column, which counts from 0 in the sheet."""
        at = column - self.left
        return [row[at] for row in self.sample if 0 <= at < len(row) and row[at]]


def sheet_blocks(
    sheet: str | None, rows: Iterable[SheetRow], *, path: tuple[str, ...] = (), is_bare: bool = False
) -> Iterator[Block]:
    """Table by table, each in row order; a title above a table joins the heading path of its rows.

    ``is_bare``: rows of a text file, where no cells are merged and a head must differ from the rows below it.
    """
    reader = _Sheet(sheet, path, is_bare)
    cleaned = (
        SheetRow(row.number, [one_line(cell) for cell in row.cells], row.notes, row.is_emphasised) for row in rows
    )
    for region, below in pairwise(chain(regions(cleaned), (None,))):
        if region is not None:
            yield from reader.blocks(region, below.gap if below is not None else None)


@dataclass(slots=True)
class _Sheet:
    """``titles`` stand above the tables that come next."""

    name: str | None
    path: tuple[str, ...]
    is_bare: bool = False
    tables: list[_Table] = field(default_factory=list)
    titles: tuple[str, ...] = ()
    was_beside: bool = False

    def blocks(self, region: Region, gap_below: int | None) -> Iterator[Block]:
        """Of the next region; ``gap_below`` is the number of empty rows below it, None at the end."""
        if self.was_beside and not region.is_beside:
            self.titles = ()
        self.was_beside = region.is_beside
        head = self._head(region)
        table = self._continued(region, head)
        if head is not None and table is None:
            yield from self._new_table(region, head)
        elif _is_titles(region):
            yield from self._title_rows(region, gap_below)
        elif table is not None:
            yield from self._more_rows(table, region)
        else:
            yield from self._without_head(region)

    def _head(self, region: Region) -> int | None:
        head = head_row(region)
        if head is not None and self.is_bare and not has_header(region.texts[head : head + _SAMPLE_ROWS]):
            return None
        return head

    def _continued(self, region: Region, head: int | None) -> _Table | None:
        """The table above whose rows go on here."""
        columns = {column + region.left for row in region.rows for column, cell in enumerate(row.cells) if cell}
        for table in reversed(self.tables):
            if columns <= set(range(table.left, table.left + len(table.names))):
                return None if head is not None and _begins_table(table, region, head) else table
        return None

    def _more_rows(self, table: _Table, region: Region) -> Iterator[Block]:
        shift = region.left - table.left
        for row in region.rows:
            moved = SheetRow(
                row.number, [*[""] * shift, *row.cells], {at + shift: note for at, note in row.notes.items()}
            )
            if len(list(filter(None, row.cells))) > 1 and _fits(table, moved.cells):
                yield self._row(moved, (*table.path, *self.titles), table.names)
            else:
                yield self._row(row, self.path)

    def _title_rows(self, region: Region, gap_below: int | None) -> Iterator[Block]:
        self.titles = self._distant_titles(region, gap_below)
        for row in region.rows:
            yield self._row(row, (*self.path, *self.titles))

    def _distant_titles(self, region: Region, gap_below: int | None) -> tuple[str, ...]:
        """Short texts nearer to what is below than to what is above name the next table."""
        if gap_below is None or (self.tables and gap_below > region.gap):
            return ()
        limit = _MAX_DISTANT_TITLE_LENGTH if self.tables else _MAX_TITLE_LENGTH
        texts = [plain_row(row.cells) for row in region.rows]
        return tuple(text for text in texts if 0 < len(text) <= limit and not text.endswith((".", "。")))

    def _without_head(self, region: Region) -> Iterator[Block]:
        path = (*self.path, *self.titles)
        if region.is_beside and region.width == 1 and len(title := region.rows[0].cells[0]) <= _MAX_TITLE_LENGTH:
            path = (*path, title)  # a list with its name on top
        for row in region.rows:
            yield self._row(row, path)

    def _new_table(self, region: Region, head: int) -> Iterator[Block]:
        path = (*self.path, *self.titles)
        self.titles = self.titles if region.is_beside else ()
        for row in region.rows[:head]:
            title = plain_row(row.cells)
            path = (*path, title) if len(title) <= _MAX_TITLE_LENGTH and is_title(row.cells) else path
            yield self._row(row, path)
        names, rows = full_names(_spread_names(region.texts[head : head + _MAX_HEADER_ROWS]), 0)
        yield from self._rows_below(region, head, head + rows, names, path)

    def _rows_below(
        self, region: Region, head: int, first: int, names: Sequence[str], path: tuple[str, ...]
    ) -> Iterator[Block]:
        body = region.rows[first:]
        for row in region.rows[head:first]:
            if row.notes or not body:
                yield self._row(replace(row, cells=() if body else names), path, names if body else ())
        sample = [row.cells for row in body[:_SAMPLE_ROWS]]
        table = _Table(names, region.left, path, region.rows[head].is_emphasised, sample)
        self.tables = [*self.tables[1 - _MAX_OPEN_TABLES :], table]
        for row in body:
            yield self._row(row, path, () if _is_divider(row.cells) else names)

    def _row(self, row: SheetRow, path: tuple[str, ...], names: Sequence[str] = ()) -> Block:
        shown = named_row(names, row.cells) if names else plain_row(row.cells, merges=not self.is_bare)
        notes = [_note(names[at] if at < len(names) else "", note) for at, note in row.notes.items()]
        place = Place(sheet=self.name, first_row=row.number, last_row=row.number)
        return Block(" | ".join(filter(None, [shown, *notes])), "table", place, path)


def _note(name: str, note: str) -> str:
    """A part of the row like its values, so that the row read alone tells what the note is about."""
    text = one_line(note)
    if _CHINESE.search(name or text):
        return f"{name}批注: {text}"
    return f"Note on {name}: {text}" if name else f"Note: {text}"


def _is_titles(region: Region) -> bool:
    """Nothing but single texts, and no list beside a table."""
    is_list = region.is_beside and region.width == 1 and len(region.rows) > 1
    return not is_list and all(is_title(row.cells) for row in region.rows)


def _begins_table(table: _Table, region: Region, head: int) -> bool:
    """Whether the row that reads like names is a head, and not a row of ``table`` below an empty row."""
    if is_marked_head(region, head):
        return True
    inner = outer = against = 0
    names, sample = region.texts[head], region.texts[head + 1 :][:_SAMPLE_ROWS]
    for column, name in enumerate(names):
        above = table.column(column + region.left)
        below = [row[column] for row in sample if column < len(row) and row[column]]
        has_digit = bool(_DIGIT.search(name))
        against += bool(name) and (name in above or (has_digit and _have_digits(above)))
        outer += bool(name) and not has_digit and _have_digits(above)
        inner += bool(name) and not has_digit and _have_digits(below)
    inner += has_column_names(names)
    inner += _leaves_out_a_column(table, region)
    is_pair = len(list(filter(None, names))) < 3  # perhaps a label and its value
    return inner + outer > against and (inner > 0 or not is_pair)


def _leaves_out_a_column(table: _Table, region: Region) -> bool:
    """Every row is empty in a column that is filled in every row above."""
    filled = [sum(bool(value) for value in table.column(column + table.left)) for column in range(len(table.names))]
    always = {column + table.left for column, count in enumerate(filled) if count == len(table.sample)}
    ours = {column + region.left for cells in region.texts for column, cell in enumerate(cells) if cell}
    return len(region.rows) > 2 and bool(always - ours)


def _fits(table: _Table, cells: Sequence[str]) -> bool:
    """No words in columns of numbers, unless another of those columns holds a number."""
    numeric = [cell for at, cell in enumerate(cells) if cell and _have_digits(table.column(at + table.left))]
    return not any(_WORD.search(cell) for cell in numeric) or any(_DIGIT.search(cell) for cell in numeric)


def _have_digits(values: Sequence[str]) -> bool:
    return bool(values) and sum(bool(_DIGIT.search(value)) for value in values) >= 0.8 * len(values)


def _is_divider(cells: Sequence[str]) -> bool:
    """A text over the whole width inside a table, such as the name of the group below it."""
    filled = [cell for cell in cells if cell]
    return len(filled) > 2 and len(set(filled)) == 1 and not is_value(filled[0])


def _spread_names(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """A name over several columns of a two-row head stands in the first of them: repeat it in the others."""
    if len(rows) < 3 or not _is_second_head_row(rows):
        return list(rows)
    names = [*rows[0], *[""] * (len(rows[1]) - len(rows[0]))]
    for column in range(1, len(names)):
        if not names[column] and column < len(rows[1]) and rows[1][column]:
            names[column] = names[column - 1]
    return [names, *rows[1:]]


def _is_second_head_row(rows: Sequence[Sequence[str]]) -> bool:
    """Words below the gaps of the first row, over columns of numbers or repeated under each of its names."""
    first, second = rows[0], rows[1]
    filled = [(column, cell) for column, cell in enumerate(second) if cell]
    has_gaps = any(column and not (column < len(first) and first[column]) for column, _ in filled)
    if not has_gaps or any(is_value(cell) for _, cell in filled):
        return False
    texts = [cell for _, cell in filled]
    below = [[row[column] for row in rows[2:12] if column < len(row) and row[column]] for column, _ in filled]
    return len(set(texts)) < len(texts) or 2 * sum(map(_have_digits, below)) > len(filled)
