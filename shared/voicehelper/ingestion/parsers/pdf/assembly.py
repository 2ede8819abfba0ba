"""Pages of words → the parsed document: lines in reading order, without what repeats on every page, as blocks.

Entry function: ``assemble``, the last call of the parsers of PDF files and of pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.documents import build_document
from voicehelper.ingestion.parsers.pdf.blocks import PageText, blocks_of
from voicehelper.ingestion.parsers.pdf.contents import without_contents
from voicehelper.ingestion.parsers.pdf.lines import Line
from voicehelper.ingestion.parsers.pdf.order import fit_regions, lines_in_order
from voicehelper.ingestion.parsers.pdf.running import without_running_lines
from voicehelper.ingestion.parsers.pdf.scanned import recognised_lines
from voicehelper.ingestion.parsers.pdf.scanned_forms import form_blocks
from voicehelper.ingestion.parsers.pdf.style import Outline, document_style
from voicehelper.ingestion.parsers.pdf.tables import ruled_tables
from voicehelper.ingestion.parsers.pdf.words import PageWords, layout_of

_MIN_BLANK_PAGES = 10
_UNREADABLE, _UNREAD = "unreadable_characters", "pages_not_recognised"  # codes of warnings, which pages follow
_MAX_NAMED_PAGES = 20
_MOST_PAGES_OF_A_FORM = 2
_MOST_LINES = 0.7  # of a scanned page: what repeats is more than the rest only where a page was scanned twice

Pages = list[PageWords | None]  # None for a page that cannot be loaded


def assemble(
    pages: Pages,
    title: str,
    *,
    outline: Outline,
    pages_total: int,
    warnings: Iterable[str] = (),
    more: Iterable[Block] = (),
) -> ParsedDocument:
    """``pages`` in order, pictures recognised where they could be; ``more`` are blocks after those of the pages."""
    numbered = [(number, page) for number, page in enumerate(pages, 1) if page]
    is_form = len(pages) <= _MOST_PAGES_OF_A_FORM and all(page.confidence is not None for _, page in numbered)
    blocks = _blocks(pages, outline)
    return build_document(
        title,
        chain(form_blocks(blocks) if is_form else blocks, more),
        pages_total=pages_total,
        pages_with_text=_with_text(pages),
        warnings=[*_page_warnings(pages), *_missing_text_warning(pages), *warnings],
        pages_recognised=[number for number, page in numbered if page.confidence is not None],
        layouts=[layout_of(number, page) for number, page in numbered if _is_laid_out(page)],
    )


def _is_laid_out(page: PageWords) -> bool:
    return bool((page.words and page.has_places) or page.turn)


def _with_text(pages: Pages) -> int:
    return sum(page is not None and bool(page.words or page.comments) for page in pages)


def _page_warnings(pages: Pages) -> list[str]:
    numbered = [(str(number), page) for number, page in enumerate(pages, 1) if page]
    warned = {
        _UNREADABLE: [number for number, page in numbered if page.is_partly_unreadable],
        _UNREAD: [number for number, page in numbered if page.is_unread],
    }
    return [f"{code}:{', '.join(numbers[:_MAX_NAMED_PAGES])}" for code, numbers in warned.items() if numbers]


def _blocks(pages: Pages, outline: Outline) -> Iterator[Block]:
    numbered = list(_with_figures(pages))
    lines = [_lines(page) if page else [] for _, page in numbered]
    heights = [page.height if page else 1.0 for _, page in numbered]
    style = document_style(lines, outline)
    body_lines = [
        whole if page and page.confidence is not None and len(left) < _MOST_LINES * len(whole) else left
        for (_, page), whole, left in zip(
            numbered, lines, without_running_lines(lines, heights, style.size), strict=True
        )
    ]
    for page_lines in body_lines:
        fit_regions(page_lines)
    texts = [
        PageText(number, page_lines, page.comments if page else [], page.confidence if page else None)
        for (number, page), page_lines in zip(numbered, without_contents(body_lines), strict=True)
    ]
    return blocks_of(texts, style)


def _with_figures(pages: Pages) -> Iterator[tuple[int, PageWords | None]]:
    """Each page with its number, and after it the text of the pictures on it, as pages of the same number."""
    for number, page in enumerate(pages, 1):
        yield number, page
        for figure in page.figures if page else ():
            yield number, figure


def _lines(page: PageWords) -> list[Line]:
    if page.confidence is not None:
        return recognised_lines(page)
    tables, words = ruled_tables(page.words, page.edges)
    return lines_in_order(words, tables)


def _missing_text_warning(pages: Pages) -> list[str]:
    """Pages with pictures but no text lack text; so do blank ones, where they are most of the document."""
    without_text = len(pages) - _with_text(pages) - sum(page is not None and page.is_unread for page in pages)
    blank = sum(page is not None and page.is_blank for page in pages)
    is_mostly_blank = without_text >= _MIN_BLANK_PAGES and without_text > len(pages) / 2
    return ["pages_without_text"] if without_text > blank or is_mostly_blank else []
