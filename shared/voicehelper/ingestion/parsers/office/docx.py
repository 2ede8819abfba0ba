"""Word documents: paragraphs, lists and tables in document order, headings by style, level or outline.

Entry function: ``parse``, called by ``ingestion.parse``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text, one_line
from voicehelper.ingestion.parsers.common.documents import build_document, document_title, limit_characters
from voicehelper.ingestion.parsers.common.headings import HeadingPath
from voicehelper.ingestion.parsers.common.tables import table_lines
from voicehelper.ingestion.parsers.office.docx_styles import Paragraph, Styles
from voicehelper.ingestion.parsers.office.ooxml import (
    Element,
    Package,
    attribute,
    child,
    children,
    local,
    number,
    value_of,
)

# Alternatives to other content, deleted text and field instructions.
_SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "proofErr", "sdtPr"})
_MAX_HEADING_LENGTH = 200  # a longer paragraph in a heading style is text
_MAX_SPAN = 63  # columns of a Word table
_SPACES = re.compile(r"\s+")
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


def parse(content: bytes, filename: str) -> ParsedDocument:
    package = Package(content)
    main = package.related("", "officeDocument") or "word/document.xml"
    root = package.tree(main)
    body = child(root, "body")
    if body is None:
        raise RejectedError("corrupt", "no document body")
    reader = _Reader(Styles.of(package, main), HeadingPath())
    notes = [note for kind in ("footnotes", "endnotes") for note in _notes(package, main, kind)]
    warnings: list[str] = []
    blocks = itertools.chain(reader.blocks(body), (Block(note, "notes") for note in notes))
    limited = list(limit_characters(blocks, warnings))
    return build_document(document_title(filename, _core_title(package)), limited, warnings=warnings)


def _core_title(package: Package) -> str | None:
    title = child(package.decoration("docProps/core.xml"), "title")
    return title.text if title is not None else None


def _notes(package: Package, main: str, kind: str) -> Iterator[str]:
    root = package.related_tree(main, kind)
    for note in root if root is not None else ():
        if attribute(note, "type") in (None, "normal"):
            yield one_line(" ".join(run_text(paragraph) for paragraph in note.iter() if local(paragraph) == "p"))


@dataclass(slots=True)
class _Reader:
    styles: Styles
    headings: HeadingPath

    def blocks(self, container: Element) -> Iterator[Block]:
        for element in _block_elements(container):
            if local(element) == "tbl":
                yield from self._table(element)
            else:
                yield from self._paragraph(element)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        """The text, then the content of its text boxes."""
        style = self.styles.paragraph(element)
        text = clean_text(run_text(element))
        if text and not style.is_contents:
            yield self._block(text, style)
        for box in _text_boxes(element):
            yield from self.blocks(box)

    def _block(self, text: str, style: Paragraph) -> Block:
        if style.level is not None and len(text) <= _MAX_HEADING_LENGTH:
            # The path holds the words of the file; the automatic number is only shown with the text.
            self.headings.enter(style.level, one_line(text))
            return Block(one_line(f"{style.number or ''} {text}"), "heading", heading_path=self.headings.path)
        if style.number is None:
            return Block(text, heading_path=self.headings.path)
        return Block(f"{style.number or '-'} {text}", "list_item", heading_path=self.headings.path)

    def _table(self, element: Element) -> Iterator[Block]:
        rows = table_rows(element)
        if max((len(set(filter(None, row))) for row in rows), default=0) < 2:
            # One column, or a frame for layout: its cells hold ordinary paragraphs, headings among them.
            for cell in (cell for cell in element.iter() if local(cell) == "tc" and _is_cell_of(cell, element)):
                yield from self.blocks(cell)
            return
        yield Block("\n".join(table_lines(rows)), "table", heading_path=self.headings.path)


def _is_cell_of(cell: Element, table: Element) -> bool:
    return next(item for item in cell.iterancestors() if local(item) == "tbl") is table


def _block_elements(container: Element) -> Iterator[Element]:
    """Paragraphs and tables, also inside content controls and insertions; iterative, because files may nest deeply."""
    stack = [iter(container)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif local(element) in ("p", "tbl"):
            yield element
        elif local(element) in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            stack.append(iter(element))


def run_text(element: Element) -> str:
    """The visible text of a paragraph without its text boxes; deleted, hidden and alternative content is left out."""
    parts: list[str] = []
    stack = [iter(element)]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
            continue
        name = local(item)
        if name == "t":
            parts.append(item.text or "")
        elif name in _BREAKS:
            parts.append(_BREAKS[name])
        elif name == "sym":
            parts.append("•")
        elif name not in _SKIPPED and name not in ("txbxContent", "tbl") and not _is_hidden(item):
            stack.append(iter(item))
    return "".join(parts)


def _is_hidden(item: Element) -> bool:
    vanish = child(child(item, "rPr"), "vanish") if local(item) == "r" else None
    return vanish is not None and attribute(vanish, "val") not in ("0", "false", "off")


def _text_boxes(element: Element) -> Iterator[Element]:
    for box in element.iter():
        if local(box) == "txbxContent" and not any(
            local(up) in ("Fallback", "txbxContent") for up in box.iterancestors()
        ):
            yield box


def table_rows(table: Element) -> list[list[str]]:
    """Rows of the table's grid; a merged cell repeats its text in each place, so that rows can be read alone."""
    rows: list[list[str]] = []
    for row in _rows(table):
        cells: list[str] = [""] * min(number(value_of(child(row, "trPr"), "gridBefore")), _MAX_SPAN)
        for cell in children(row, "tc", "sdt"):
            cell = _content_cell(cell)
            properties = child(cell, "tcPr")
            merge = child(properties, "vMerge")
            above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else ""
            text = above if merge is not None and attribute(merge, "val") != "restart" else _cell_text(cell)
            cells += [text] * max(1, min(number(value_of(properties, "gridSpan"), 1), _MAX_SPAN))
        rows.append(cells)
    return rows


def _rows(table: Element) -> Iterator[Element]:
    for item in table:
        if local(item) == "tr":
            yield item
        elif local(item) in ("sdt", "ins", "customXml"):
            yield from (row for row in item.iter() if local(row) == "tr")


def _content_cell(cell: Element) -> Element:
    return next((item for item in cell.iter() if local(item) == "tc"), cell)


def _cell_text(cell: Element) -> str:
    """All paragraphs of the cell, those of nested tables included."""
    texts = (one_line(run_text(paragraph)) for paragraph in cell.iter() if local(paragraph) == "p")
    return _SPACES.sub(" ", " ".join(filter(None, texts)))
