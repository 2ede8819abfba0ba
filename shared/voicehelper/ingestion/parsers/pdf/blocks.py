"""Lines of a PDF document → blocks: headings, paragraphs, list items and tables with their pages and heading paths.

Entry function: ``blocks_of``, called by ``document``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.common.headings import HeadingPath
from voicehelper.ingestion.parsers.common.tables import Row, column_names, table_lines
from voicehelper.ingestion.parsers.pdf.headings import heading_decisions, whole_heading
from voicehelper.ingestion.parsers.pdf.lines import Line
from voicehelper.ingestion.parsers.pdf.paragraphs import body_block
from voicehelper.ingestion.parsers.pdf.style import DocumentStyle
from voicehelper.ingestion.parsers.pdf.tables import RuledTable


def blocks_of(pages: Iterable[tuple[int, list[Line]]], style: DocumentStyle) -> Iterator[Block]:
    """``pages`` are (number from 1, lines). A table continued at the top of a page keeps its column names."""
    headings = HeadingPath()
    last: Line | None = None
    names: Row | None = None
    for number, lines in pages:
        if lines and names and _continues(last, lines[0]) and (table := lines[0].table):
            yield Block("\n".join(table_lines(table.rows, names)), "table", Place(page=number), headings.path)
            last, lines = lines[0], lines[1:]
        yield from _page_blocks(lines, number, style, headings)
        if lines:
            last = lines[-1]
            names = column_names(last.table.rows) or names if last.table else None


def _continues(last: Line | None, first: Line) -> bool:
    """Whether the table that a page starts with has the columns of the one that the page before ended with."""
    if last is None or last.table is None or first.table is None:
        return False
    return _has_same_columns(last.table, first.table)


def _has_same_columns(one: RuledTable, other: RuledTable) -> bool:
    has_same_width = len(one.rows[0]) == len(other.rows[0])
    return has_same_width and abs(one.left - other.left) < 4 and abs(one.right - other.right) < 4


def _page_blocks(lines: list[Line], page: int, style: DocumentStyle, headings: HeadingPath) -> Iterator[Block]:
    place, decisions = Place(page=page), heading_decisions(lines, page, style)
    at = 0
    while at < len(lines):
        if level := decisions[at].level:
            at, text = whole_heading(lines, at, page, style)
            headings.enter(level, text)
            yield Block(text, "heading", place, headings.path)
        else:
            at, piece = body_block(lines, at, decisions, style)
            yield Block(piece.text, piece.kind, place, headings.path)
