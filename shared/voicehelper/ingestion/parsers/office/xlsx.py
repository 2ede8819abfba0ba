"""Excel workbooks (XLSX), streamed cell by cell, so that memory follows the cells stored and not the range claimed.

Entry function: ``parse``, called by ``ingestion.parse``. calamine is faster, but allocates the rectangle around all
cells: one value in the last corner of a sheet makes 17 billion cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.documents import build_document, document_title, limit_characters
from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, children, local, number
from voicehelper.ingestion.parsers.office.sheets import NumberedRow, sheet_blocks
from voicehelper.ingestion.parsers.office.xlsx_numbers import NumberFormats

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MERGE = re.compile(rb"<(?:\w{1,20}:)?mergeCell\b[^<>]*?\bref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_MAX_COLUMNS = 1000  # with their gaps; of the columns beyond, only the filled cells follow
_MAX_REPEATED_CELLS = 500_000  # of one sheet
_MAX_MERGED_CELLS = 10_000  # of one merged range; the text of larger ones is not repeated


@dataclass(frozen=True, slots=True)
class _Book:
    strings: list[str]
    formats: NumberFormats
    is_1904: bool


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Hidden sheets, rows and their cells are left out. Each visible sheet counts as one page."""
    package = Package(content)
    main = package.related("", "officeDocument") or "xl/workbook.xml"
    workbook = package.tree(main)
    if workbook is None:
        raise RejectedError("corrupt", "no workbook")
    strings, styles = package.related(main, "sharedStrings"), package.related(main, "styles")
    is_1904 = attribute(child(workbook, "workbookPr"), "date1904") in ("1", "true")
    book = _Book(_strings(package, strings), NumberFormats(package.decoration(styles) if styles else None), is_1904)
    sheets = list(_sheets(package, main, workbook))
    warnings: list[str] = []
    all_blocks = (block for name, part in sheets for block in _blocks(package, name, part, book))
    blocks = list(limit_characters(all_blocks, warnings))
    with_text = len({block.place.sheet for block in blocks})
    return build_document(
        document_title(filename), blocks, pages_total=len(sheets), pages_with_text=with_text, warnings=warnings
    )


def _sheets(package: Package, main: str, workbook: Element) -> Iterator[tuple[str, str]]:
    relations = package.relations(main)
    listed = child(workbook, "sheets")
    for sheet in children(listed if listed is not None else workbook, "sheet"):
        kind, part = relations.get(attribute(sheet, "id") or "", ("", ""))
        if kind == "worksheet" and attribute(sheet, "state") in (None, "visible"):
            yield attribute(sheet, "name") or part, part


def _blocks(package: Package, name: str, part: str, book: _Book) -> Iterator[Block]:
    content = package.read(part)
    if content is None:
        raise RejectedError("corrupt", part)
    return sheet_blocks(name, _with_merged_cells(_rows(content, book), _merges(content)), path=(name,))


def _strings(package: Package, part: str | None) -> list[str]:
    content = package.read(part) if part else None
    if content is None:
        return []
    strings = []
    for item in _elements(content, "si"):
        strings.append(_rich_text(item))
        item.clear()
    return strings


def _rich_text(item: Element) -> str:
    """Without phonetic guides over Japanese and Chinese characters."""
    return "".join(t.text or "" for t in item.iter() if local(t) == "t" and local(t.getparent()) != "rPh")  # type: ignore[arg-type]


def _elements(content: bytes, name: str) -> Iterator[Element]:
    """Each element once it is complete; earlier ones are removed from the tree."""
    stream = etree.iterparse(BytesIO(content), tag=f"{{*}}{name}", resolve_entities=False, no_network=True)
    try:
        for _, element in stream:
            yield element
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise RejectedError("deep_nesting" if "depth" in str(error) else "corrupt", str(error)) from error


def _rows(content: bytes, book: _Book) -> Iterator[tuple[int, dict[int, str]]]:
    """(row number, column from 0 → text) of the rows with text; a row without a number follows the one before it."""
    row_number = 0
    for row in _elements(content, "row"):
        row_number = number(attribute(row, "r"), row_number + 1)
        cells: dict[int, str] = {}
        if attribute(row, "hidden") not in ("1", "true"):
            column = -1
            for cell in children(row, "c"):
                place = _CELL.match(attribute(cell, "r") or "")
                column = _column(place[1]) if place else column + 1
                if text := _cell_text(cell, book):
                    cells[column] = text
        row.clear()
        if cells:
            yield row_number, cells


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _cell_text(cell: Element, book: _Book) -> str:
    kind = attribute(cell, "t") or "n"
    if kind == "inlineStr":
        return _rich_text(cell)
    value = child(cell, "v")
    text = (value.text or "") if value is not None else ""
    if kind == "s":
        index = number(text, len(book.strings))
        return book.strings[index] if index < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if text == "1" else "FALSE"
    if kind in ("str", "e", "d") or not text:
        return text
    return book.formats.render(text, number(attribute(cell, "s")), is_1904=book.is_1904)


Merge = tuple[int, int, int, int]  # first row (from 1), last row, first column (from 0), last column


def _merges(content: bytes) -> list[Merge]:
    """Last row first, so that the next one is popped from the end."""
    merges = [
        (int(r1), int(r2), _column(c1.decode()), _column(c2.decode())) for c1, r1, c2, r2 in _MERGE.findall(content)
    ]
    return sorted(_small_merges(merges), reverse=True)


def _small_merges(merges: list[Merge]) -> Iterator[Merge]:
    """Those whose text is repeated: none larger than ``_MAX_MERGED_CELLS``, all together ``_MAX_REPEATED_CELLS``."""
    room = _MAX_REPEATED_CELLS
    for first_row, last_row, left, right in merges:
        size = (last_row - first_row + 1) * (right - left + 1)
        if 0 < size <= min(_MAX_MERGED_CELLS, room) and first_row <= last_row:
            room -= size
            yield first_row, last_row, left, right


def _with_merged_cells(rows: Iterator[tuple[int, dict[int, str]]], merges: list[Merge]) -> Iterator[NumberedRow]:
    """Rows as lists of cells; a merged cell repeats its text in each place."""
    active: list[tuple[Merge, str]] = []
    for row_number, cells in rows:
        active = [item for item in active if item[0][1] >= row_number]
        while merges and merges[-1][0] <= row_number:
            merge = merges.pop()
            if merge[0] == row_number and merge[2] in cells:
                active.append((merge, cells[merge[2]]))
        complete = dict(cells)
        for (_, _, left, right), text in active:
            complete.update((column, text) for column in range(left, right + 1) if column not in cells)
        yield row_number, _to_list(complete)


def _to_list(cells: dict[int, str]) -> list[str]:
    near = [cells.get(column, "") for column in range(min(max(cells) + 1, _MAX_COLUMNS))]
    return near + [cells[column] for column in sorted(cells) if column >= _MAX_COLUMNS]
