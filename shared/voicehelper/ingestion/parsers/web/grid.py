"""Tables of web pages: which hold data, and their rows as lines that name their columns.

Entry functions: ``is_data`` and ``lines``, called by ``content``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import Final

from selectolax.lexbor import LexborNode

from voicehelper.ingestion.parsers.common.cleaning import clean_text, display_width, one_line
from voicehelper.ingestion.parsers.common.labels import labelled
from voicehelper.ingestion.parsers.common.tables import full_names, named_row, plain_row, table_lines
from voicehelper.ingestion.parsers.web.walk import walk

_MAX_REPEATED_CELLS: Final = 100_000  # of one table, in all places of cells that span rows or columns
_MAX_NESTED: Final = 5  # levels of tables in cells
_MAX_KEY_WIDTH: Final = 80  # of a cell that says what the table beside it is about
_GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})
_CELLS: Final = frozenset({"td", "th"})
_PARTS: Final = frozenset({"p", "li", "div", "dd", "dt", "tr", "blockquote", "pre", "h4", "h5", "h6", "table"})
_ENDS: Final = ".,;:!?。，；：！？、"


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    is_head: bool = False
    nested: tuple[str, ...] = ()  # the lines of a table in it


@dataclass(frozen=True, slots=True)
class _GridRow:
    cells: list[_Cell]
    in_head: bool
    is_single: bool  # one cell over the whole width

    @property
    def is_heading(self) -> bool:
        return len({cell.text for cell in self.cells}) > 1 and (
            self.in_head or all(cell.is_head or not cell.text for cell in self.cells)
        )


def is_data(table: LexborNode) -> bool:
    """Whether a table holds data: some row has several cells, and no cell a heading or the parts of a page."""
    if table.attributes.get("role") in ("presentation", "none"):
        return False
    rows = [own_cells(row) for row, _ in own_rows(table)]
    if not any(len(cells) > 1 for cells in rows):
        return False
    if any(cell.css_first("h1, h2, h3") is not None for cells in rows for cell in cells if cell.tag == "td"):
        return False
    has_tables = any(inner.mem_id != table.mem_id for inner in table.css("table"))
    return not has_tables or _has_keys(rows)


def _has_keys(rows: Sequence[Sequence[LexborNode]]) -> bool:
    """Rows of one width, each of which begins with a short text: the tables beside it are values, not a layout."""
    widths = {len(cells) for cells in rows if cells}
    has_head = any(cell.tag == "th" for cells in rows for cell in cells)
    if not (has_head or (len(widths) == 1 and len(rows) > 1)):
        return False
    keys = [cells[0] for cells in rows if cells]
    return all(0 < display_width(one_line(_text(key))) <= _MAX_KEY_WIDTH for key in keys)


def lines(table: LexborNode, depth: int = 0) -> list[str]:
    """The caption, then one line a row; a cell that spans rows or columns repeats its text in each place."""
    rows = [row for row in _grid(table, depth) if any(cell.text or cell.nested for cell in row.cells)]
    caption = [text for text in (_text(child) for child in table.iter() if child.tag == "caption") if text]
    return caption + _lines(rows)


def _lines(rows: list[_GridRow]) -> list[str]:
    titles = list(takewhile(lambda row: row.is_single and not row.cells[0].nested, rows))
    return [row.cells[0].text for row in titles] + _table_lines(rows[len(titles) :])


def _table_lines(rows: list[_GridRow]) -> list[str]:
    heads = _count_headings(rows)
    if 0 < heads < len(rows):
        # Some authors write the second row of a heading as values.
        names, first = full_names(
            [_names(rows[:heads]), *([cell.text for cell in row.cells] for row in rows[heads:])], 0
        )
        return list(_named_lines(names, rows[heads + first - 1 :]))
    if not heads and rows and all(_is_keyed(row) for row in rows):
        return [labelled(key, value) for key, value in map(_keyed, rows)]
    values = [values for row in rows for values in _expanded(row)]
    has_nested = any(cell.nested for row in rows for cell in row.cells)
    return [plain_row(row) for row in values] if has_nested or _are_two_values(rows) else table_lines(values)


def _are_two_values(rows: Sequence[_GridRow]) -> bool:
    """Two rows are too few to compare: figures in an unmarked first one are values."""
    return len(rows) == 2 and any(character.isdigit() for cell in rows[0].cells for character in cell.text)


def _count_headings(rows: Sequence[_GridRow]) -> int:
    """How many rows at the top name the columns; a heading cell that reaches down makes the rows below it headings."""
    heads = 0
    reaching: set[int] = set()
    while heads < len(rows) and (rows[heads].is_heading or reaching & {id(cell) for cell in rows[heads].cells}):
        reaching |= {id(cell) for cell in rows[heads].cells if cell.is_head}
        heads += 1
    return heads


def _names(heads: Sequence[_GridRow]) -> list[str]:
    """Of several heading rows, each column's distinct texts from the top."""
    columns = zip_longest(*([cell.text for cell in row.cells] for row in heads), fillvalue="")
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns]


def _named_lines(names: Sequence[str], rows: Sequence[_GridRow]) -> Iterator[str]:
    """Rows under a row of one cell, such as the name of a group, begin with its text."""
    group = ""
    for row in rows:
        text = row.cells[0].text
        if row.is_single and text and not row.cells[0].nested:
            group = text if display_width(text) <= _MAX_KEY_WIDTH else ""
            yield text
        else:
            for values in _expanded(row):
                line = named_row(names, values)
                yield f"{group} | {line}" if group and line else line


def _expanded(row: _GridRow) -> Iterator[list[str]]:
    """The row once for each line of the tables in its cells."""
    for number in range(max(1, *(len(cell.nested) for cell in row.cells)) if row.cells else 0):
        yield [cell.text if not cell.nested else _at(cell.nested, number) for cell in row.cells]


def _at(texts: Sequence[str], number: int) -> str:
    return texts[number] if number < len(texts) else ""


def _is_keyed(row: _GridRow) -> bool:
    """A name in front of its values."""
    first, *others = row.cells
    return first.is_head and bool(first.text) and bool(others) and not any(cell.is_head for cell in others)


def _keyed(row: _GridRow) -> tuple[str, str]:
    first, *others = row.cells
    values = [text for cell in others for text in (cell.nested or (cell.text,))]
    return first.text, plain_row(values)


def _grid(table: LexborNode, depth: int) -> Iterator[_GridRow]:
    spanning: dict[int, tuple[int, _Cell]] = {}  # column → (rows left, cell) of cells from rows above
    room = _MAX_REPEATED_CELLS
    for row, in_head in own_rows(table):
        cells: list[_Cell] = []
        started: dict[int, tuple[int, _Cell]] = {}
        own = own_cells(row)
        for node in own:
            _add_spanning_cells(cells, spanning)
            cell = _cell(node, depth)
            width, height = _span(node, "colspan"), _span(node, "rowspan")
            room -= width * height - 1
            if room < 0:
                width = height = 1
            for _ in range(width):
                if height > 1:
                    started[len(cells)] = (height - 1, cell)
                cells.append(cell)
        is_single = len(own) == 1 and len(cells) > 1
        _add_spanning_cells(cells, spanning)
        spanning |= started
        yield _GridRow(cells, in_head, is_single and len(cells) > 1 and len({id(cell) for cell in cells}) == 1)


def _add_spanning_cells(cells: list[_Cell], spanning: dict[int, tuple[int, _Cell]]) -> None:
    """Appends the cells that reach down from rows above, as long as they cover the next column."""
    while len(cells) in spanning:
        column = len(cells)
        rows_left, cell = spanning.pop(column)
        cells.append(cell)
        if rows_left > 1:
            spanning[column] = (rows_left - 1, cell)


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    is_number = value.isascii() and value.isdigit() and len(value) <= 9
    return min(max(int(value), 1), 100) if is_number else 1


def _cell(node: LexborNode, depth: int) -> _Cell:
    inner = node.css_first("table")
    if inner is not None and depth < _MAX_NESTED and is_data(inner) and _holds_one(node, inner):
        around = _text(node, without=inner)
        return _Cell(around, node.tag == "th", tuple(labelled(around, line) for line in lines(inner, depth + 1)))
    text = _text(node)
    return _Cell(text, node.tag == "th" or _is_bold(node, text))


def _is_bold(cell: LexborNode, text: str) -> bool:
    bold = cell.css_first("b, strong")
    return bold is not None and bool(text) and one_line(bold.text(deep=True)) == text


def _holds_one(cell: LexborNode, inner: LexborNode) -> bool:
    """Whether all tables in a cell are the first one and those inside it."""
    inside = {table.mem_id for table in inner.css("table")} | {inner.mem_id}
    return all(table.mem_id in inside for table in cell.css("table"))


def own_rows(table: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """(row, whether it is in the table's head), without the rows of tables in cells."""
    for child in table.iter():
        if child.tag == "tr":
            yield child, False
        elif child.tag in _GROUPS:
            yield from ((row, child.tag == "thead") for row in child.iter() if row.tag == "tr")


def own_cells(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in row.iter() if cell.tag in _CELLS]


def _text(node: LexborNode, without: LexborNode | None = None) -> str:
    """One line; paragraphs and items are parted by semicolons where no other sign parts them."""
    skipped = without.mem_id if without is not None else 0
    parts: list[list[str]] = [[]]
    for inner, entering in walk(node, lambda inner: inner.mem_id != skipped):
        tag = inner.tag or ""
        if tag == "-text" and entering:
            parts[-1].append(inner.text(deep=False) or "")
        elif tag in _PARTS and parts[-1]:
            parts.append([])
        elif (tag == "br" and entering) or tag in _CELLS:
            parts[-1].append(" ")
    return _joined([text for text in (one_line(clean_text("".join(part))) for part in parts) if text])


def _joined(texts: Sequence[str]) -> str:
    joined = ""
    for text in texts:
        joined += (" " if joined[-1] in _ENDS else "; ") + text if joined else text
    return joined
