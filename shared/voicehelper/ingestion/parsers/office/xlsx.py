"""XLSX, cell by cell as it is stored: what a sheet claims to span never becomes memory.

calamine is faster, but holds the rectangle around all cells: one value in the last corner is 17 billion cells.
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
from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, children, local
from voicehelper.ingestion.parsers.office.sheets import NumberedRow, sheet_blocks
from voicehelper.ingestion.parsers.office.xlsx_numbers import NumberFormats

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_MAX_COLUMNS = 1000  # of a row of text; further cells move up, so that a far corner is kept and its emptiness is not
_MAX_SPREAD = 10_000  # places over which one merged cell is repeated


@dataclass(frozen=True, slots=True)
class _Book:
    strings: list[str]
    formats: NumberFormats
    is_1904: bool


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Hidden sheets are left out, as their author left them out; sheets are counted as pages."""
    package = Package(content)
    main = package.related("", "officeDocument") or "xl/workbook.xml"
    workbook = package.tree(main)
    if workbook is None:
        raise RejectedError("corrupt", "no workbook")
    strings, styles = package.related(main, "sharedStrings"), package.related(main, "styles")
    is_1904 = attribute(child(workbook, "workbookPr"), "date1904") in ("1", "true")
    book = _Book(_strings(package, strings), NumberFormats(package.tree(styles) if styles else None), is_1904)
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
    return sheet_blocks(name, _filled(_rows(content, book), _merges(content)), path=(name,))


def _strings(package: Package, part: str | None) -> list[str]:
    content = package.read(part) if part else None
    if content is None:
        return []
    found = []
    for item in _elements(content, "si"):
        found.append(_rich_text(item))
        item.clear()
    return found


def _rich_text(item: Element) -> str:
    """Without the phonetic guides over Japanese and Chinese characters."""
    return "".join(t.text or "" for t in item.iter() if local(t) == "t" and local(t.getparent()) != "rPh")  # type: ignore[arg-type]


def _elements(content: bytes, name: str) -> Iterator[Element]:
    """Each finished element in turn; what has been read is dropped from the tree."""
    stream = etree.iterparse(
        BytesIO(content), tag=f"{{*}}{name}", resolve_entities=False, no_network=True, huge_tree=True
    )
    try:
        for _, element in stream:
            yield element
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise RejectedError("corrupt", str(error)) from error


def _rows(content: bytes, book: _Book) -> Iterator[tuple[int, dict[int, str]]]:
    """(row number, column from 0 → text) of the rows that hold anything; rows without a number follow the last."""
    number = 0
    for row in _elements(content, "row"):
        number = int(attribute(row, "r") or number + 1)
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
            yield number, cells


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cell_text(cell: Element, book: _Book) -> str:
    kind = attribute(cell, "t") or "n"
    if kind == "inlineStr":
        return _rich_text(cell)
    value = child(cell, "v")
    text = (value.text or "") if value is not None else ""
    if kind == "s":
        return book.strings[int(text)] if text.isdigit() and int(text) < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if text == "1" else "FALSE"
    if kind in ("str", "e", "d") or not text:
        return text
    return book.formats.shown(text, int(attribute(cell, "s") or 0), is_1904=book.is_1904)


Merge = tuple[int, int, int, int]  # first row (from 1), last row, first column (from 0), last column


def _merges(content: bytes) -> list[Merge]:
    found = [
        (int(r1), int(r2), _column(c1.decode()), _column(c2.decode())) for c1, r1, c2, r2 in _MERGE.findall(content)
    ]
    small = (merge for merge in found if (merge[1] - merge[0] + 1) * (merge[3] - merge[2] + 1) <= _MAX_SPREAD)
    return sorted(small, reverse=True)


def _filled(rows: Iterator[tuple[int, dict[int, str]]], merges: list[Merge]) -> Iterator[NumberedRow]:
    """Rows as lists, with the text of a merged cell in each of its places."""
    open_merges: list[tuple[Merge, str]] = []
    for number, cells in rows:
        open_merges = [item for item in open_merges if item[0][1] >= number]
        while merges and merges[-1][0] <= number:
            merge = merges.pop()
            if merge[0] == number and merge[2] in cells:
                open_merges.append((merge, cells[merge[2]]))
        spread = dict(cells)
        for (_, _, left, right), text in open_merges:
            spread.update((column, text) for column in range(left, right + 1) if column not in cells)
        yield number, _dense(spread)


def _dense(cells: dict[int, str]) -> list[str]:
    near = [cells.get(column, "") for column in range(min(max(cells) + 1, _MAX_COLUMNS))]
    return near + [cells[column] for column in sorted(cells) if column >= _MAX_COLUMNS]
