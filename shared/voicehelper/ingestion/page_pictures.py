"""The picture of a page: drawn from a PDF, or a frame of a picture file; both bounded, in the sandbox's child.

``draw_page`` is the entry, for ``parser_server``: what is shown is smaller than what is recognised.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import detect_type
from voicehelper.ingestion.recognised import split_attachments

if TYPE_CHECKING:
    from PIL.Image import Image

SHOWN_DPI: Final = 150
SHOWN_PIXELS: Final = 2_500_000  # an A4 page at 150 dpi has 2.2 million
SHOWN_BYTES: Final = 4_000_000  # what a function answers is 6 MB at most, a third of it lost to base64
PAGE_NOT_FOUND: Final = "page_not_found"
NO_PAGES: Final = "no_pages"
_POINTS_PER_INCH: Final = 72
_MAX_SIDE: Final = 8_000
_READ_DPI: Final = 200  # of a small page; a larger one has as many pixels as the models were measured with
_READ_PIXELS: Final = 2_900_000


def draw_page(content: bytes, filename: str, number: int, *, turn: int, dpi: int, most_pixels: int) -> Image:
    """Page ``number`` from 1, turned clockwise by ``turn`` degrees, in ``dpi`` or as many as ``most_pixels`` allow.

    RejectedError: page_not_found, no_pages for a file without them, and what ``detect_type`` and the drawing refuse.
    """
    kind = detect_type(content, filename)
    if kind == "pdf":
        return _drawn(content, number, turn, dpi, most_pixels)
    if kind == "image":
        from voicehelper.ingestion.parsers.image.frames import open_frame

        picture = open_frame(content, number, most_pixels=most_pixels)
        return picture.rotate(-turn, expand=True) if turn else picture
    raise RejectedError(NO_PAGES)


def draw_reference(content: bytes, filename: str, reference: str) -> Image:
    """The picture that ``recognised.Pictures`` noted, as it is recognised: some 170 dpi of an A4 page."""
    attachments, reference = split_attachments(reference)
    if attachments:
        from voicehelper.ingestion.parsers.mail.eml import attached_file

        filename, content = attached_file(content, attachments)
    kind, _, place = reference.partition(":")
    if kind == "page":
        return draw_page(content, filename, int(place), turn=0, dpi=_READ_DPI, most_pixels=_READ_PIXELS)
    if kind == "part":
        return _part(content, filename, place)
    if kind == "region":
        number, _, sides = place.partition(":")
        return _region(content, filename, int(number), [int(side) / 1000 for side in sides.split(",")])
    raise RejectedError(NO_PAGES, reference)


def _part(content: bytes, filename: str, name: str) -> Image:
    from voicehelper.ingestion.parsers.image.frames import open_frame
    from voicehelper.ingestion.parsers.office.ooxml import Package

    detect_type(content, filename)  # refuses archives that grow too large
    picture = Package(content).read(name)
    if picture is None:
        raise RejectedError("corrupt", name)
    return open_frame(picture, 1, most_pixels=_READ_PIXELS)


def _region(content: bytes, filename: str, number: int, box: Sequence[float]) -> Image:
    """In so many pixels as a page of its own would have."""
    share = max(0.01, (box[2] - box[0]) * (box[3] - box[1]))
    page = draw_page(content, filename, number, turn=0, dpi=_READ_DPI, most_pixels=int(_READ_PIXELS / share))
    return page.crop((
        int(box[0] * page.width), int(box[1] * page.height), int(box[2] * page.width), int(box[3] * page.height)
    ))  # fmt: skip


def as_webp(picture: Image) -> bytes:
    """Text stays sharp at a quality of 80; only noise needs less to fit."""
    for quality in (80, 50, 20):
        stream = io.BytesIO()
        picture.save(stream, "WEBP", quality=quality, method=2)
        if stream.tell() <= SHOWN_BYTES:
            break
    return stream.getvalue()


def as_png(picture: Image) -> bytes:
    """Quickly: it is read once."""
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def _drawn(content: bytes, number: int, turn: int, dpi: int, most_pixels: int) -> Image:
    import pypdfium2  # type: ignore[import-untyped]

    pdf = pypdfium2.PdfDocument(content)
    if not 1 <= number <= len(pdf):
        raise RejectedError(PAGE_NOT_FOUND)
    try:
        pdf.init_forms()
        page = pdf[number - 1]
    except pypdfium2.PdfiumError as error:
        raise RejectedError(PAGE_NOT_FOUND, str(error)) from error
    width, height = (max(1.0, side) for side in page.get_size())
    scale = min(dpi / _POINTS_PER_INCH, math.sqrt(most_pixels / (width * height)), _MAX_SIDE / max(width, height))
    picture: Image = page.render(scale=scale, rotation=turn).to_pil()
    return picture.convert("RGB")
