"""Rows of a parsed document → tables; ``read_tables`` is the entry.

Ingestion keeps a row as "column: value | column: value" (``ingestion.parsers.common.tables``), without empty cells, so
that a row read alone still names its columns. Here the columns are put together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from voicehelper.ingestion.parsed_document import Block

MAX_TABLES: Final = 20
MAX_COLUMNS: Final = 200
MAX_ROWS: Final = 100_000  # of all tables
MAX_CELLS: Final = 3_000_000  # of a table, empty ones included
_MAX_NAME_CHARS: Final = 80
_MOSTLY: Final = 0.9
_BETWEEN, _AFTER_NAME = " | ", ": "


@dataclass(slots=True)
class Table:
    """``names`` are the columns in the order in which rows showed them; a row leaves out empty cells."""

    title: str
    names: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    is_cut: bool = False  # whether rows of the document are missing
    _known: set[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._known = set(self.names)

    def add(self, row: dict[str, str]) -> None:
        """A new column stands behind the one before it in the row. Rows beyond ``MAX_CELLS`` are left out."""
        if len(self.names) < MAX_COLUMNS and not row.keys() <= self._known:
            self._add_columns(row)
        if (len(self.rows) + 1) * len(self.names) <= MAX_CELLS:
            self.rows.append(row)
        else:
            self.is_cut = True

    def _add_columns(self, row: dict[str, str]) -> None:
        before = -1
        for name in row:
            if name not in self._known and len(self.names) < MAX_COLUMNS:
                self.names.insert(before + 1, name)
                self._known.add(name)
            before = self.names.index(name) if name in self._known else before

    def has_any(self, row: dict[str, str]) -> bool:
        return not self._known.isdisjoint(row)


@dataclass(frozen=True, slots=True)
class _Line:
    """``cells`` of a row that names its columns, else ``plain``. ``section`` is where it stands."""

    section: tuple[str, ...]
    cells: dict[str, str]
    plain: list[str]


def read_tables(blocks: Iterable[Block], title: str) -> list[Table]:
    """In document order; ``title`` names a table that stands under no sheet and no heading."""
    tables: list[Table] = []
    unnamed: list[_Line] = []
    for count, line in enumerate(_lines(blocks)):
        if count >= MAX_ROWS:
            _mark_cut(tables)
            break
        if line.cells:
            _table_of(line, tables, title).add(line.cells)
        else:
            unnamed.append(line)
    return tables[:MAX_TABLES] or list(_without_names(unnamed, title))


def _mark_cut(tables: list[Table]) -> None:
    if tables:
        tables[-1].is_cut = True


def _lines(blocks: Iterable[Block]) -> Iterator[_Line]:
    for block in blocks:
        if block.kind == "table":
            sheet = block.place.sheet
            section = (*([sheet] if sheet and sheet not in block.heading_path[:1] else []), *block.heading_path)
            yield from (_line(section, text) for text in block.text.split("\n") if text.strip())


def _line(section: tuple[str, ...], text: str) -> _Line:
    """A part without a name belongs to the value before it, which had a bar in it."""
    cells: dict[str, str] = {}
    parts = text.split(_BETWEEN)
    last = ""
    for part in parts:
        name, separator, value = part.partition(_AFTER_NAME)
        if separator and 0 < len(name) <= _MAX_NAME_CHARS:
            last = _unused(name, cells)
            cells[last] = value
        elif last:
            cells[last] += _BETWEEN + part
    return _Line(section, cells, parts)


def _unused(name: str, cells: dict[str, str]) -> str:
    """Of two columns with one name, the second gets a number."""
    number = 2
    unused = name
    while unused in cells:
        unused, number = f"{name} {number}", number + 1
    return unused


def _table_of(line: _Line, tables: list[Table], title: str) -> Table:
    """The last one, where the row has a column of it and stands in the same section; else a new one."""
    name = " - ".join(line.section) or title
    if tables and tables[-1].title == name and tables[-1].has_any(line.cells):
        return tables[-1]
    tables.append(Table(name))
    return tables[-1]


def _without_names(lines: list[_Line], title: str) -> Iterator[Table]:
    """A table whose rows name no columns, if nearly all of them have the same number of cells."""
    counts = [len(line.plain) for line in lines]
    width = max(set(counts), key=counts.count, default=0)
    if width < 2 or counts.count(width) < _MOSTLY * len(counts):
        return
    table = Table(title)
    for line in lines:
        if len(line.plain) == width:
            table.add({f"c{number}": cell for number, cell in enumerate(line.plain, 1)})
    yield table
