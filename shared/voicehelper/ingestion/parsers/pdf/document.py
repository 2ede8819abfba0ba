"""PDF through PDFium: pages are physical pages, whatever number is printed on them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw as pdfium

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import document, title_of
from voicehelper.ingestion.parsers.common.decoding import MAX_CHARACTERS
from voicehelper.ingestion.parsers.pdf.blocks import blocks_of, look_of, squeezed
from voicehelper.ingestion.parsers.pdf.order import Line, fit_regions, lines_in_order
from voicehelper.ingestion.parsers.pdf.running import without_running_lines
from voicehelper.ingestion.parsers.pdf.tables import ruled_tables
from voicehelper.ingestion.parsers.pdf.words import PageWords, page_words

_MAX_MISSING = 100  # pages in a row that a page tree claims and does not have
_MAX_OUTLINE = 5000


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Raises password_protected, corrupt, and no_text where no page holds readable text."""
    pdf = _opened(content)
    try:
        pages, total = list(_pages(pdf)), len(pdf)
        title, outline = pdf.get_metadata_value("Title"), _outline(pdf)
    finally:
        pdf.close()
    distinct = _distinct(pages)
    loops = len(distinct) < len(pages) and _has_loop(content)
    if loops:
        pages = distinct
    if not any(page and page.words for page in pages):
        raise RejectedError("no_text", "no page has a readable text layer")
    name = title_of(filename, title)
    blocks = list(_blocks(pages, outline))
    with_text = sum(page is not None and bool(page.words) for page in pages)
    warnings = (["page_tree_loop"] if loops else []) + _warnings(pages, with_text)
    if sum(page.characters for page in pages if page) > MAX_CHARACTERS:
        warnings.append("large_text")
    seen = total if "large_text" in warnings else len(pages)
    return document(name, blocks, pages_total=seen, pages_with_text=with_text, warnings=warnings)


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise RejectedError("password_protected" if locked else "corrupt", str(error)) from error


def _pages(pdf: pypdfium2.PdfDocument) -> Iterator[PageWords | None]:
    """One item a page; None for one that cannot be loaded. Pages claimed at the end that never load are none."""
    missing, characters = 0, 0
    for index in range(len(pdf)):
        try:
            page = pdf[index]
        except pypdfium2.PdfiumError:
            missing += 1
            if missing > _MAX_MISSING:
                return
            continue
        yield from [None] * missing
        missing = 0
        found = page_words(page)
        page.close()
        characters += found.characters
        yield found
        if characters > MAX_CHARACTERS:
            return


def _outline(pdf: pypdfium2.PdfDocument) -> dict[tuple[int, str], int]:
    """(page from 1, squeezed title) → level from 1."""
    found: dict[tuple[int, str], int] = {}
    for number, entry in enumerate(pdf.get_toc(max_depth=8)):
        if number >= _MAX_OUTLINE:
            break
        target, title = entry.get_dest(), squeezed(entry.get_title() or "")
        index = target.get_index() if target else None
        if index is not None and title:
            found.setdefault((index + 1, title), entry.level + 1)
    return found


def _blocks(pages: list[PageWords | None], outline: dict[tuple[int, str], int]) -> Iterator[Block]:
    lines = [_lines(page) if page else [] for page in pages]
    heights = [page.height if page else 1.0 for page in pages]
    look = look_of(lines, outline)
    kept = without_running_lines(lines, heights, look.size)
    for page_lines in kept:
        fit_regions(page_lines)
    return blocks_of(enumerate(kept, 1), look)


def _lines(page: PageWords) -> list[Line]:
    tables, words = ruled_tables(page.words, page.edges)
    return lines_in_order(words, tables, page.width)


def _warnings(pages: list[PageWords | None], with_text: int) -> list[str]:
    """Pages with pictures but no text are missing text. So are empty ones, where they are most of the document."""
    without = len(pages) - with_text
    blank = sum(page is not None and page.is_blank for page in pages)
    return ["pages_without_text"] if without - blank > 0 or (without >= 10 and without > len(pages) / 2) else []


def _distinct(pages: list[PageWords | None]) -> list[PageWords | None]:
    """Every page once: a looping tree hands out the same page for ever."""
    seen: dict[tuple[str, ...], PageWords | None] = {}
    for page in pages:
        seen.setdefault(tuple(word.text for word in page.words) if page else (), page)
    return list(seen.values())


def _has_loop(content: bytes) -> bool:
    """Whether a node of the page tree, as far as it is stored uncompressed, is among its own descendants."""
    kids = {
        int(node): [int(kid) for kid in re.findall(rb"(\d+)\s+\d+\s+R", list_)]
        for node, list_ in re.findall(
            rb"(\d{1,9})\s+\d+\s+obj\b(?:(?!endobj)[^\[]){0,300}?/Kids\s*\[([^\]]*)\]", content
        )
    }
    done: set[int] = set()
    return any(start not in done and _comes_back(start, kids, done) for start in kids)


def _comes_back(start: int, kids: dict[int, list[int]], done: set[int]) -> bool:
    """Depth first without recursion: a node met again while it is still open closes a loop."""
    open_nodes, stack = {start}, [(start, iter(kids[start]))]
    while stack:
        node, rest = stack[-1]
        child = next((kid for kid in rest if kid in kids and kid not in done), None)
        if child is None:
            stack.pop()
            open_nodes.discard(node)
            done.add(node)
        elif child in open_nodes:
            return True
        else:
            open_nodes.add(child)
            stack.append((child, iter(kids[child])))
    return False
