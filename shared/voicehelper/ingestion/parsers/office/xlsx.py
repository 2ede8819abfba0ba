"""Excel workbooks (XLSX), streamed cell by cell, so that memory follows the cells stored and not the range claimed.

Entry function: ``parse``, called by ``ingestion.parse``. calamine is faster, but allocates the rectangle around all
cells: one value in the last corner of a sheet makes 17 billion cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.documents import build_document, document_title, limit_characters
from voicehelper.ingestion.parsers.office.cell_rows import complete_rows
from voicehelper.ingestion.parsers.office.formula_syntax import NotComputedError
from voicehelper.ingestion.parsers.office.formulas import Calculator, CellGrid
from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, children
from voicehelper.ingestion.parsers.office.sheets import sheet_blocks
from voicehelper.ingestion.parsers.office.xlsx_cells import (
    MAX_GRID_CELLS,
    SharedParts,
    cell_grid,
    rich_text,
    sheet_rows,
    xml_elements,
)
from voicehelper.ingestion.parsers.office.xlsx_notes import cell_notes
from voicehelper.ingestion.parsers.office.xlsx_ranges import sheet_ranges
from voicehelper.ingestion.parsers.office.xlsx_styles import CellStyles

_ON = ("1", "true")


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str
    is_hidden: bool


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Hidden sheets and rows hidden by hand are left out with a warning. Each visible sheet counts as one page."""
    package = Package(content)
    main = package.related("", "officeDocument") or "xl/workbook.xml"
    workbook = package.tree(main)
    if workbook is None:
        raise RejectedError("corrupt", "no workbook")
    sheets = list(_sheets(package, main, workbook))
    shared = _shared_parts(package, main, workbook, sheets)
    visible = [sheet for sheet in sheets if not sheet.is_hidden]
    if len(visible) < len(sheets):
        shared.warnings.append("hidden_sheets")
    all_blocks = (block for sheet in visible for block in _blocks(package, sheet, shared))
    blocks = list(limit_characters(all_blocks, shared.warnings))
    with_text = len({block.place.sheet for block in blocks})
    return build_document(
        document_title(filename), blocks, pages_total=len(visible), pages_with_text=with_text, warnings=shared.warnings
    )


def _sheets(package: Package, main: str, workbook: Element) -> Iterator[_Sheet]:
    relations = package.relations(main)
    listed = child(workbook, "sheets")
    for sheet in children(listed if listed is not None else workbook, "sheet"):
        kind, part = relations.get(attribute(sheet, "id") or "", ("", ""))
        if kind == "worksheet":
            is_hidden = attribute(sheet, "state") not in (None, "visible")
            yield _Sheet(attribute(sheet, "name") or part, part, is_hidden)


def _shared_parts(package: Package, main: str, workbook: Element, sheets: list[_Sheet]) -> SharedParts:
    styles = package.related(main, "styles")
    is_1904 = attribute(child(workbook, "workbookPr"), "date1904") in _ON
    shared = SharedParts(
        _strings(package, package.related(main, "sharedStrings")),
        CellStyles(package.decoration(styles) if styles else None, is_1904=is_1904),
        recalculates=attribute(child(workbook, "calcPr"), "fullCalcOnLoad") in _ON,
    )
    shared.compute = Calculator(_Grids(package, sheets, shared).of).value
    return shared


def _strings(package: Package, part: str | None) -> list[str]:
    content = package.read(part) if part else None
    if content is None:
        return []
    strings = []
    for item in xml_elements(content, "si"):
        strings.append(rich_text(item))
        item.clear()
    return strings


class _Grids:
    """Sheets as grids for formulas: read when the first formula without a value refers to them, then kept."""

    def __init__(self, package: Package, sheets: list[_Sheet], shared: SharedParts) -> None:
        self._package, self._shared = package, shared
        self._parts = {sheet.name.lower(): sheet.part for sheet in sheets}
        self._grids: dict[str, CellGrid | None] = {}
        self._room = MAX_GRID_CELLS

    def of(self, sheet: str) -> CellGrid | None:
        name = sheet.lower()
        if name not in self._grids:
            self._grids[name] = self._read(name)
        return self._grids[name]

    def _read(self, name: str) -> CellGrid | None:
        content = self._package.read(self._parts.get(name, ""))
        try:
            grid = cell_grid(content, self._shared, self._room) if content is not None else None
        except NotComputedError:
            return None
        self._room -= len(grid.cells) if grid else 0
        return grid


def _blocks(package: Package, sheet: _Sheet, shared: SharedParts) -> Iterator[Block]:
    content = package.read(sheet.part)
    if content is None:
        raise RejectedError("corrupt", sheet.part)
    ranges = sheet_ranges(package, sheet.part, content)
    notes = cell_notes(package, sheet.part)
    rows = complete_rows(sheet_rows(content, sheet.name, shared), ranges, notes, shared.warnings)
    return sheet_blocks(sheet.name, rows, path=(sheet.name,))
