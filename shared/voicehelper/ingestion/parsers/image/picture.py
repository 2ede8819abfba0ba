"""Picture files: the page of a photograph, the pages of a TIFF, each as its text was recognised.

Entry function: ``parse``, called by ``ingestion.parse``. What is too large is refused by its header.
"""

from __future__ import annotations

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.parsers.common.documents import document_title
from voicehelper.ingestion.parsers.image.frames import sizes_of_frames
from voicehelper.ingestion.parsers.pdf.assembly import Pages, assemble
from voicehelper.ingestion.parsers.pdf.scanned import with_recognised
from voicehelper.ingestion.parsers.pdf.words import PageWords
from voicehelper.ingestion.recognised import Pictures

_LONG_SIDE = 842.0  # points, of A4: what tells headings and columns apart are distances in points


def parse(content: bytes, filename: str, pictures: Pictures | None = None) -> ParsedDocument:
    """Raises image_too_large, corrupt, and no_text where nothing on any page can be read."""
    pictures = pictures or Pictures()
    sizes = sizes_of_frames(content)
    pages: Pages = [with_recognised(_page(*size), number, pictures) for number, size in enumerate(sizes, 1)]
    if not pictures.pending and not any(page and page.words for page in pages):
        raise RejectedError("no_text", "no picture holds text that can be read")
    return assemble(pages, document_title(filename), outline={}, pages_total=len(pages))


def _page(width: int, height: int) -> PageWords:
    scale = _LONG_SIDE / max(width, height)
    return PageWords([], [], height * scale, 0, is_blank=False, is_garbage=False, size=(width * scale, height * scale))
