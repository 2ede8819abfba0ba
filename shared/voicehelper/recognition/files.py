"""Files of one or more pages → a picture of each: PDF, TIFF, and pictures as they are. Reads hostile bytes.

Entry functions: ``count_pages`` and ``draw_page``, called in a child process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from PIL import Image

from voicehelper.errors import RejectedError
from voicehelper.recognition.pictures import decode, frames

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]

_DPI: Final = 200
_POINTS: Final = 72.0
_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD of pdfium's fpdfview.h
_SMALLEST: Final = 1.0  # points; a page without a size has nothing on it


def count_pages(content: bytes) -> int:
    """RejectedError: what ``Recognizer`` raises, ``animated`` and ``password_protected``."""
    if not _is_pdf(content):
        return frames(content)
    with _document(content) as pdf:
        return len(pdf)


def draw_page(content: bytes, number: int, *, max_side: int) -> Image.Image:
    """Page ``number`` from 1, in 200 dpi or as many as ``max_side`` pixels allow."""
    if not _is_pdf(content):
        return decode(content, max_side=max_side, frame=number - 1)
    import pypdfium2

    with _document(content) as pdf:
        try:
            page = pdf[number - 1]
            scale = min(_DPI / _POINTS, max_side / max(*page.get_size(), _SMALLEST))
            picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise RejectedError("corrupt", str(error)) from error
        return picture


def _is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


@contextlib.contextmanager
def _document(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        reason = "password_protected" if getattr(error, "err_code", None) == _PASSWORD else "corrupt"
        raise RejectedError(reason, str(error)) from error
    with contextlib.closing(pdf):
        if not len(pdf):
            raise RejectedError("corrupt", "a PDF without pages")
        yield pdf
