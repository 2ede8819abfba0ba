"""PDF through PDFium: pages are physical pages, whatever number is printed on them.

Entry function: ``parse``, called by ``ingestion.parse``.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw as pdfium

from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.documents import MAX_CHARACTERS, document_title
from voicehelper.ingestion.parsers.pdf.assembly import Pages, assemble
from voicehelper.ingestion.parsers.pdf.fonts import use_stand_in_font
from voicehelper.ingestion.parsers.pdf.page_tree import has_loop
from voicehelper.ingestion.parsers.pdf.scanned import with_figures, with_recognised
from voicehelper.ingestion.parsers.pdf.style import Outline, normalized_title
from voicehelper.ingestion.parsers.pdf.words import PageWords, page_words
from voicehelper.ingestion.parsers.pdf.xfa import is_xfa, xfa_values
from voicehelper.ingestion.recognised import Pictures

_MAX_MISSING_PAGES = 100  # in a row that a page tree claims and does not have
_MAX_OUTLINE_ENTRIES = 5000
# Of titles: half a surrogate pair, no number, a reference to nothing.
_DAMAGED = (pypdfium2.PdfiumError, ValueError, TypeError, AttributeError, LookupError)


def parse(content: bytes, filename: str, pictures: Pictures | None = None) -> ParsedDocument:
    """Raises password_protected, corrupt, and no_text where no page holds readable text and no picture is left."""
    pictures = pictures or Pictures()
    use_stand_in_font()
    pdf = _open(content)
    try:
        pdf.init_forms()
        pages, claimed = list(_pages(pdf)), len(pdf)
        form_values, form_warnings = _xfa_form(pdf, pages)
        embedded_title, outline = _embedded_title(pdf), _outline(pdf)
    finally:
        pdf.close()
    pages, warnings = _without_repeated_pages(pages, content)
    pages = [page and with_recognised(page, number, pictures) for number, page in enumerate(pages, 1)]
    pages = with_figures(pages, pictures)
    if not pictures.pending and not any(page and (page.words or page.comments) for page in pages):
        raise RejectedError("no_text", "no page holds text that can be read")
    is_cut = sum(page.characters for page in pages if page) > MAX_CHARACTERS
    return assemble(
        pages,
        document_title(filename, embedded_title),
        outline=outline,
        pages_total=claimed if is_cut else len(pages),
        warnings=[*warnings, *form_warnings, *(["large_text"] if is_cut else [])],
        more=[Block(value, place=Place(page=1)) for value in form_values],
    )


def _open(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise RejectedError("password_protected" if is_locked else "corrupt", str(error)) from error


def _xfa_form(pdf: pypdfium2.PdfDocument, pages: Pages) -> tuple[list[str], list[str]]:
    """(values that no page shows, warnings)"""
    if not is_xfa(pdf):
        return [], []
    shown = "".join(word.text for page in pages if page for word in page.words)
    hidden = [value for value in xfa_values(pdf) if "".join(value.partition(": ")[2].split()) not in shown]
    return hidden, ["xfa_form"] if hidden or pdf.get_formtype() == pdfium.FORMTYPE_XFA_FULL else []


def _pages(pdf: pypdfium2.PdfDocument) -> Iterator[PageWords | None]:
    """Pages in order up to MAX_CHARACTERS; those claimed at the end of the tree that never load are left out."""
    missing, characters = 0, 0
    for index in range(len(pdf)):
        try:
            page = pdf[index]
        except pypdfium2.PdfiumError:
            missing += 1
            if missing > _MAX_MISSING_PAGES:
                return
            continue
        yield from [None] * missing
        missing = 0
        words = page_words(page)
        page.close()
        characters += words.characters
        yield words
        if characters > MAX_CHARACTERS:
            return


def _outline(pdf: pypdfium2.PdfDocument) -> Outline:
    """Without the entries that cannot be read: headings are then told by their type and wording."""
    outline: Outline = {}
    with contextlib.suppress(*_DAMAGED):
        for entry in itertools.islice(pdf.get_toc(max_depth=8), _MAX_OUTLINE_ENTRIES):
            _add_entry(outline, entry)
    return outline


def _add_entry(outline: Outline, entry: pypdfium2.PdfBookmark) -> None:
    with contextlib.suppress(*_DAMAGED):
        target, title = entry.get_dest(), normalized_title(entry.get_title() or "")
        index = target.get_index() if target else None
        if index is not None and title:
            outline.setdefault((index + 1, title), entry.level + 1)


def _embedded_title(pdf: pypdfium2.PdfDocument) -> str:
    with contextlib.suppress(*_DAMAGED):
        return str(pdf.get_metadata_value("Title"))
    return ""


def _without_repeated_pages(pages: Pages, content: bytes) -> tuple[Pages, list[str]]:
    """(pages, warnings). Every page once where the page tree loops, because it repeats its pages without end."""
    distinct: dict[tuple[str, ...], PageWords | None] = {}
    for page in pages:
        distinct.setdefault(tuple(word.text for word in page.words) if page else (), page)
    if len(distinct) < len(pages) and has_loop(content):
        return list(distinct.values()), ["page_tree_loop"]
    return pages, []
