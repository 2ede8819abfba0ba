"""Cells of a worksheet, streamed row by row: their text as the sheet shows it, their formulas and merged ranges.

Entry functions: ``sheet_rows`` and ``cell_grid``, called by ``xlsx``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple

from lxml import etree

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsers.office.cell_rows import CellRow
from voicehelper.ingestion.parsers.office.formula_functions import Scalar
from voicehelper.ingestion.parsers.office.formula_syntax import NotComputedError, column_index
from voicehelper.ingestion.parsers.office.formulas import CellGrid, Formula
from voicehelper.ingestion.parsers.office.ooxml import Element, children, local, number
from voicehelper.ingestion.parsers.office.xlsx_styles import CellStyles

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
MAX_GRID_CELLS = 300_000  # of all sheets that formulas are computed for; each takes some 200 bytes
_ON = ("1", "true")
_Masters = dict[str, tuple[str, int, int]]  # id of a shared formula → its text, row and column


class Cell(NamedTuple):
    """``stored`` is the value in the file, "" without one; ``formula`` is None for plain values."""

    row: int
    column: int
    kind: str
    stored: str
    style: int
    formula: Formula | None


@dataclass(slots=True)
class SharedParts:
    """What all sheets of a workbook read: ``compute`` gives a formula's value by sheet, row and column.

    ``recalculates``: the writer left it to the reader to compute, so that a stored 0 means nothing.
    """

    strings: list[str]
    styles: CellStyles
    recalculates: bool = False
    compute: Callable[[str, int, int], Scalar] | None = None
    warnings: list[str] = field(default_factory=list)


def xml_elements(content: bytes, name: str) -> Iterator[Element]:
    """Each element once it is complete; earlier ones are removed from the tree."""
    stream = etree.iterparse(BytesIO(content), tag=f"{{*}}{name}", resolve_entities=False, no_network=True)
    try:
        for _, element in stream:
            yield element
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise RejectedError("deep_nesting" if "depth" in str(error) else "corrupt", str(error)) from error


def rich_text(item: Element) -> str:
    """Without phonetic guides over Japanese and Chinese characters."""
    return "".join(t.text or "" for t in item.iter() if local(t) == "t" and local(t.getparent()) != "rPh")  # type: ignore[arg-type]


def sheet_rows(content: bytes, sheet: str, shared: SharedParts) -> Iterator[CellRow]:
    """Rows with text; a row without a number follows the one before it, and so does a cell."""
    masters: _Masters = {}
    for row_number, row in _numbered_rows(content):
        texts: dict[int, str] = {}
        bold: list[bool] = []
        for cell in _cells(row, row_number, masters, shared):
            if text := _text(cell, sheet, shared):
                texts[cell.column] = text
                bold.append(shared.styles.is_bold(cell.style))
        is_hidden, is_collapsed = row.get("hidden") in _ON, number(row.get("outlineLevel")) > 0
        row.clear()
        if texts:
            yield CellRow(row_number, texts, all(bold), is_hidden, is_collapsed)


def cell_grid(content: bytes, shared: SharedParts, room: int) -> CellGrid:
    """All values and formulas of a sheet, for computing. Raises NotComputedError beyond ``room`` cells."""
    grid = CellGrid()
    masters: _Masters = {}
    for row_number, row in _numbered_rows(content):
        for cell in _cells(row, row_number, masters, shared):
            value = cell.formula if _is_uncomputed(cell, shared) else _value(cell)
            if value is not None:
                grid.put(cell.row, cell.column, value)
        row.clear()
        if len(grid.cells) > room:
            raise NotComputedError("too many cells")
    return grid


def _numbered_rows(content: bytes) -> Iterator[tuple[int, Element]]:
    row_number = 0
    for row in xml_elements(content, "row"):
        row_number = number(row.get("r"), row_number + 1)
        yield row_number, row


def _cells(row: Element, row_number: int, masters: _Masters, shared: SharedParts) -> Iterator[Cell]:
    """By plain ``get``, since attributes of cells have no namespace: sheets have millions of them."""
    column = -1
    for element in children(row, "c"):
        place = _CELL.match(element.get("r") or "")
        column = column_index(place[1]) if place else column + 1
        kind = element.get("t") or "n"
        parts = {local(item): item for item in element}
        formula = _formula(parts["f"], row_number, column, masters) if "f" in parts else None
        stored = _stored(element, parts.get("v"), kind, shared)
        yield Cell(row_number, column, kind, stored, number(element.get("s")), formula)


def _stored(element: Element, value: Element | None, kind: str, shared: SharedParts) -> str:
    if kind == "inlineStr":
        return rich_text(element)
    text = (value.text or "") if value is not None else ""
    if kind == "s":
        index = number(text, len(shared.strings))
        return shared.strings[index] if index < len(shared.strings) else ""
    return text


def _formula(element: Element, row: int, column: int, masters: _Masters) -> Formula | None:
    """A shared formula has its text in its first cell only; the others refer to it by a number."""
    text, shared_id = element.text or "", element.get("si")
    if element.get("t") != "shared" or shared_id is None:
        return Formula(text) if text else None
    if text:
        masters[shared_id] = (text, row, column)
    if shared_id not in masters:
        return None
    master, first_row, first_column = masters[shared_id]
    return Formula(master, (row - first_row, column - first_column))


def _is_uncomputed(cell: Cell, shared: SharedParts) -> bool:
    """Without a value, or with the 0 that writers put in its place when they leave the computing to Excel."""
    if cell.formula is None:
        return False
    return not cell.stored or (shared.recalculates and cell.stored == "0" and cell.kind == "n")


def _value(cell: Cell) -> Scalar:
    if cell.kind == "b":
        return cell.stored == "1"
    if cell.kind != "n" or not cell.stored:
        return cell.stored or None
    try:
        return float(cell.stored)
    except ValueError:
        return cell.stored


def _text(cell: Cell, sheet: str, shared: SharedParts) -> str:
    if cell.formula is not None and _is_uncomputed(cell, shared):
        return _computed_text(cell, cell.formula, sheet, shared)
    if cell.kind in ("s", "inlineStr", "str"):
        return shared.styles.text(cell.stored, cell.style) if cell.stored else ""
    if cell.kind == "b":
        return "TRUE" if cell.stored == "1" else "FALSE"
    if cell.kind in ("e", "d") or not cell.stored:
        return cell.stored
    return shared.styles.number(cell.stored, cell.style)


def _computed_text(cell: Cell, formula: Formula, sheet: str, shared: SharedParts) -> str:
    """Where it cannot be computed, the formula itself; not of cells that share one, whose own text is in no file."""
    try:
        value = shared.compute(sheet, cell.row, cell.column) if shared.compute else None
    except NotComputedError:
        shared.warnings.append("formulas_not_computed")
        return f"={formula.text}" if formula.shift == (0, 0) else ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return shared.styles.text(value, cell.style)
    return shared.styles.number(repr(float(value or 0)), cell.style)
