"""Older Excel workbooks (XLS) through xlrd, which unlike calamine tells formats, hidden rows and notes.

Entry function: ``parse``, called by ``ingestion.parse``. xlrd: BSD, 100 kB, no dependencies, last release in 2025.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import xlrd  # type: ignore[import-untyped]
from xlrd.compdoc import CompDocError  # type: ignore[import-untyped]

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.documents import build_document, document_title, limit_characters
from voicehelper.ingestion.parsers.office.cell_rows import CellNotes, CellRow, Range, SheetRanges, complete_rows
from voicehelper.ingestion.parsers.office.number_formats import BUILT_IN_CODES, formatted, formatted_text
from voicehelper.ingestion.parsers.office.sheets import sheet_blocks

_FILTER_NAME = "\x0d"  # of the built-in name for the range of a sheet's filter
_BOLD_WEIGHT = 600
_LOCAL_DATES = (14, 22)  # follow the reader's country


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Hidden sheets and rows hidden by hand are left out with a warning. Raises password_protected and corrupt."""
    warnings: list[str] = []
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        visible = [sheet for sheet in book.sheets() if sheet.visibility == 0]
        warnings += ["hidden_sheets"] if len(visible) < book.nsheets else []
        all_blocks = (block for sheet in visible for block in _blocks(book, sheet, warnings))
        blocks = list(limit_characters(all_blocks, warnings))
    except (xlrd.XLRDError, CompDocError) as error:
        code = "password_protected" if "encrypted" in str(error) else "corrupt"
        raise RejectedError(code, str(error)) from error
    with_text = len({block.place.sheet for block in blocks})
    return build_document(
        document_title(filename), blocks, pages_total=len(visible), pages_with_text=with_text, warnings=warnings
    )


def _blocks(book: Any, sheet: Any, warnings: list[str]) -> Iterator[Block]:
    merges = [Range(top + 1, bottom, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
    filters = list(_filters(book, sheet))
    ranges = SheetRanges(merges, filters, frozenset(item.first_row for item in filters))
    rows = complete_rows(_rows(book, sheet), ranges, _notes(sheet), warnings)
    return sheet_blocks(sheet.name, rows, path=(sheet.name,))


def _filters(book: Any, sheet: Any) -> Iterator[Range]:
    for name in book.name_obj_list:
        if name.builtin and name.name == _FILTER_NAME and name.scope == sheet.number and name.result is not None:
            for reference in name.result.value or ():
                _, _, top, bottom, left, right = reference.coords
                yield Range(top + 1, bottom, left, right - 1)


def _notes(sheet: Any) -> CellNotes:
    notes: CellNotes = {}
    for (row, column), note in sorted(sheet.cell_note_map.items()):
        author = f"{note.author}:"
        text = str(note.text or "").strip().removeprefix(author)
        if text.strip():
            notes.setdefault(row + 1, {})[column] = text.strip()
    return notes


def _rows(book: Any, sheet: Any) -> Iterator[CellRow]:
    for number in range(sheet.nrows):
        cells = {column: text for column, cell in enumerate(sheet.row(number)) if (text := _text(book, cell))}
        if cells:
            is_bold = all(_is_bold(book, sheet.cell_xf_index(number, column)) for column in cells)
            info = sheet.rowinfo_map.get(number)
            is_hidden, is_collapsed = bool(info and info.hidden), bool(info and info.outline_level)
            yield CellRow(number + 1, cells, is_bold, is_hidden, is_collapsed)


def _text(book: Any, cell: Any) -> str:
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return formatted(cell.value, _code(book, cell.xf_index), is_1904=book.datemode == 1)
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return formatted_text(cell.value, _code(book, cell.xf_index))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    return str(xlrd.error_text_from_code.get(cell.value, "")) if cell.ctype == xlrd.XL_CELL_ERROR else ""


def _code(book: Any, style: int | None) -> str:
    if style is None or style >= len(book.xf_list):
        return "General"
    key = book.xf_list[style].format_key
    own = book.format_map.get(key)
    if key in _LOCAL_DATES or own is None:
        return BUILT_IN_CODES.get(key, "General")
    return own.format_str or "General"


def _is_bold(book: Any, style: int | None) -> bool:
    if style is None or style >= len(book.xf_list):
        return False
    font = book.xf_list[style].font_index
    return bool(font < len(book.font_list) and book.font_list[font].weight >= _BOLD_WEIGHT)
