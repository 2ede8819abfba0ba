"""Word documents: paragraphs, lists, tables, charts and diagrams in document order, then what stands in the margins.

Entry function: ``parse``, called by ``ingestion.parse``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block, BlockKind, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text, one_line
from voicehelper.ingestion.parsers.common.documents import build_document, document_title, limit_characters
from voicehelper.ingestion.parsers.common.headings import HeadingPath
from voicehelper.ingestion.parsers.common.tables import table_lines
from voicehelper.ingestion.parsers.office.charts import chart_text
from voicehelper.ingestion.parsers.office.charts_extended import extended_chart_text
from voicehelper.ingestion.parsers.office.diagrams import diagram_items
from voicehelper.ingestion.parsers.office.docx_margins import comment_texts, margin_texts, note_texts
from voicehelper.ingestion.parsers.office.docx_styles import Paragraph, Styles
from voicehelper.ingestion.parsers.office.docx_tables import table_rows
from voicehelper.ingestion.parsers.office.docx_text import block_elements, run_text, text_boxes
from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, local
from voicehelper.ingestion.parsers.office.part_pictures import PartPictures, behind_text
from voicehelper.ingestion.recognised import Pictures

_MAX_HEADING_LENGTH = 200  # a longer paragraph in a heading style is text


def parse(content: bytes, filename: str, pictures: Pictures | None = None) -> ParsedDocument:
    package = Package(content)
    main = package.related("", "officeDocument") or "word/document.xml"
    root = package.tree(main)
    body = child(root, "body")
    if root is None or body is None:
        raise RejectedError("corrupt", "no document body")
    reader = _Reader(Styles.of(package, main), HeadingPath(), _Drawings(package, main, pictures or Pictures()))
    margins = itertools.chain(
        note_texts(package, main), comment_texts(package, main, root), margin_texts(package, main, root)
    )
    warnings: list[str] = []
    blocks = itertools.chain(reader.blocks(body), (Block(text, "notes") for text in margins))
    limited = list(behind_text(limit_characters(blocks, warnings)))
    return build_document(document_title(filename, _core_title(package)), limited, warnings=warnings)


def _core_title(package: Package) -> str | None:
    title = child(package.decoration("docProps/core.xml"), "title")
    return title.text if title is not None else None


class _Drawings:
    """Charts, diagrams and pictures, parts of their own. Each is read once, wherever else it is referred to."""

    def __init__(self, package: Package, main: str, pictures: Pictures) -> None:
        self._pictures = PartPictures(pictures)
        self._package = package
        self._parts = package.relations(main)

    def blocks(self, element: Element, path: tuple[str, ...]) -> Iterator[Block]:
        """Those in a paragraph or table, without those in its text boxes."""
        for item in element.iter():
            name = local(item)
            if name in ("chart", "relIds", "blip") and not _is_within(item, element, ("Fallback", "txbxContent")):
                yield from self._picture(item, path) if name == "blip" else self._read(item, name, path)

    def _picture(self, item: Element, path: tuple[str, ...]) -> Iterator[Block]:
        relation, part = self._parts.get(attribute(item, "embed") or "", ("", ""))
        content = self._package.read(part) if relation == "image" else None
        if content:
            yield from self._pictures.blocks(part, content, Place(), path)

    def _read(self, item: Element, name: str, path: tuple[str, ...]) -> Iterator[Block]:
        relation, part = self._parts.pop(attribute(item, "id" if name == "chart" else "dm") or "", ("", ""))
        tree = self._package.decoration(part) if relation in ("chart", "chartEx", "diagramData") else None
        if tree is None:
            return
        if name == "chart":
            shown = chart_text(tree) if relation == "chart" else extended_chart_text(tree)
            yield Block(shown, "table", heading_path=path)
        else:
            yield from (Block(text, "list_item", heading_path=path) for text in diagram_items(tree))


def _is_within(item: Element, outer: Element, names: tuple[str, ...]) -> bool:
    """Whether an element of these names stands between the two."""
    between = itertools.takewhile(lambda up: up is not outer, item.iterancestors())
    return any(local(up) in names for up in between)


@dataclass(slots=True)
class _Reader:
    styles: Styles
    headings: HeadingPath
    drawings: _Drawings

    def blocks(self, container: Element) -> Iterator[Block]:
        for element in block_elements(container):
            if local(element) == "tbl":
                yield from self._table(element)
            else:
                yield from self._paragraph(element)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        """The text, then the content of its text boxes and drawings."""
        text = clean_text(run_text(element))
        if text or not _is_deleted(element):
            style = self.styles.paragraph(element)
            if text and not style.is_contents:
                yield self._block(text, style)
        for box in text_boxes(element):
            yield from self.blocks(box)
        yield from self.drawings.blocks(element, self.headings.path)

    def _block(self, text: str, style: Paragraph) -> Block:
        if style.level is not None and len(text) <= _MAX_HEADING_LENGTH:
            # The path holds the words of the file; the automatic number is only shown with the text.
            self.headings.enter(style.level, one_line(text))
            return Block(one_line(style.numbered(text, bullet="")), "heading", heading_path=self.headings.path)
        kind: BlockKind = "paragraph" if style.number is None else "list_item"
        return Block(style.numbered(text), kind, heading_path=self.headings.path)

    def _table(self, element: Element) -> Iterator[Block]:
        rows = table_rows(element, run_text)
        if max((len(set(filter(None, row))) for row in rows), default=0) < 2:
            # One column, or a frame for layout: its cells hold ordinary paragraphs, headings among them.
            for cell in (cell for cell in element.iter() if local(cell) == "tc" and _is_cell_of(cell, element)):
                yield from self.blocks(cell)
            return
        yield Block(
            "\n".join(table_lines(table_rows(element, self._numbered_text))), "table", heading_path=self.headings.path
        )
        yield from self.drawings.blocks(element, self.headings.path)

    def _numbered_text(self, paragraph: Element) -> str:
        """Of a paragraph in a table, whose steps and clauses have numbers as well."""
        text = run_text(paragraph)
        if not text.strip() and _is_deleted(paragraph):
            return ""
        style = self.styles.paragraph(paragraph)
        return style.numbered(text, bullet="•") if text.strip() else ""


def _is_deleted(paragraph: Element) -> bool:
    """Its end was deleted under tracked changes, so that it takes no number of a list."""
    mark = child(child(paragraph, "pPr"), "rPr")
    return child(mark, "del") is not None or child(mark, "moveFrom") is not None


def _is_cell_of(cell: Element, table: Element) -> bool:
    return next(item for item in cell.iterancestors() if local(item) == "tbl") is table
