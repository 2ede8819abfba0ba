"""Lines of a PDF document → blocks: headings, paragraphs, list items and tables with their pages and heading paths.

Entry function: ``blocks_of``, called by ``document``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.common.headings import HeadingPath
from voicehelper.ingestion.parsers.common.tables import Row, column_names, table_lines
from voicehelper.ingestion.parsers.pdf.headings import heading_decisions, whole_heading
from voicehelper.ingestion.parsers.pdf.lines import Line
from voicehelper.ingestion.parsers.pdf.page_breaks import page_parts, with_rest_of_sentence
from voicehelper.ingestion.parsers.pdf.paragraphs import body_block
from voicehelper.ingestion.parsers.pdf.scanned_headings import repeated_texts, without_labels
from voicehelper.ingestion.parsers.pdf.style import DocumentStyle
from voicehelper.ingestion.parsers.pdf.tables import RuledTable


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as its lines in reading order, ``number`` from 1, and the comments on it."""

    number: int
    lines: list[Line]
    comments: list[str] = field(default_factory=list)
    confidence: float | None = None  # of what was recognised

    @property
    def place(self) -> Place:
        return Place(page=self.number, recognised=self.confidence)


@dataclass(slots=True)
class _PageBlocks:
    head: list[Block]
    body: list[Block]
    notes: list[Block]
    lines: list[Line]  # of the body

    def __iter__(self) -> Iterator[Block]:
        return chain(self.head, self.body, self.notes)


def blocks_of(pages: Sequence[PageText], style: DocumentStyle) -> Iterator[Block]:
    """A sentence that goes over a page break stands whole on the page where it begins."""
    before: _PageBlocks | None = None
    for page in _pages_as_blocks(pages, style):
        if before:
            _complete_sentence(before, page)
            yield from before
        before = page
    if before:
        yield from before


def _complete_sentence(before: _PageBlocks, page: _PageBlocks) -> None:
    if not before.body or not page.body or not before.lines or not page.lines:
        return
    joined = with_rest_of_sentence(before.body[-1], page.body[0], before.lines[-1], page.lines[0])
    if joined:
        before.body[-1], rest = joined
        page.body[:1] = [rest] if rest else []


def _pages_as_blocks(pages: Sequence[PageText], style: DocumentStyle) -> Iterator[_PageBlocks]:
    """A table continued at the top of a page keeps its column names."""
    headings = HeadingPath()
    last: Line | None = None
    names: Row | None = None
    repeated = repeated_texts([page.lines for page in pages if page.confidence is not None])
    for page, parts in zip(pages, page_parts([page.lines for page in pages], style), strict=True):
        lines, body, place = parts.body, list[Block](), page.place
        head = list(_page_blocks(parts.head, place, style, headings, repeated))
        if lines and names and _continues(last, lines[0]) and (table := lines[0].table):
            body.append(Block("\n".join(table_lines(table.rows, names)), "table", place, headings.path))
            last, lines = lines[0], lines[1:]
        body += _page_blocks(lines, place, style, headings, repeated)
        if lines:
            last = lines[-1]
            names = column_names(last.table.rows) or names if last.table else None
        notes = list(_page_blocks(parts.notes, place, style, headings, repeated))
        notes += [Block(text, place=place, heading_path=headings.path) for text in page.comments]
        yield _PageBlocks(head, body, notes, parts.body)


def _continues(last: Line | None, first: Line) -> bool:
    """Whether the table that a page starts with has the columns of the one that the page before ended with."""
    if last is None or last.table is None or first.table is None:
        return False
    return _has_same_columns(last.table, first.table)


def _has_same_columns(one: RuledTable, other: RuledTable) -> bool:
    has_same_width = len(one.rows[0]) == len(other.rows[0])
    return has_same_width and abs(one.left - other.left) < 4 and abs(one.right - other.right) < 4


def _page_blocks(
    lines: list[Line], place: Place, style: DocumentStyle, headings: HeadingPath, repeated: frozenset[str]
) -> Iterator[Block]:
    page = place.page or 0
    decisions = heading_decisions(lines, page, style)
    if place.recognised is not None:
        decisions = without_labels(lines, decisions, repeated)
    at = 0
    while at < len(lines):
        if level := decisions[at].level:
            at, text = whole_heading(lines, at, page, style)
            headings.enter(level, text)
            yield Block(text, "heading", place, headings.path)
        else:
            at, piece = body_block(lines, at, decisions, style)
            yield Block(piece.text, piece.kind, place, headings.path)
