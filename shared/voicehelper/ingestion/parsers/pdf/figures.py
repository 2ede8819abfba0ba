"""Pictures drawn on a PDF page: how much of it they cover, and which of them may hold text.

Entry function: ``page_figures``, called by ``words`` for each page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from voicehelper.ingestion.parsers.pdf.geometry import Box
from voicehelper.ingestion.parsers.pdf.native import address_of, get_bounds, get_object, get_object_type

_MAX_OBJECTS = 5000  # of a page, among which pictures are sought
_MAX_PICTURES = 3  # of a page, the largest
_MIN_SHARE, _MIN_WIDTH, _MIN_HEIGHT = 0.03, 110.0, 50.0  # of the page's area; points: smaller ones are icons and logos


def page_figures(page: pypdfium2.PdfPage) -> tuple[float, list[Box]]:
    """(of the page's area, what its largest picture covers, 0 … 1; the boxes of pictures that may hold text).

    What a form draws counts as a picture for the first. Boxes are left, top, right and bottom as fractions of an
    unturned page, the largest first.
    """
    drawn = list(_pictures(page))
    if not drawn:
        return 0.0, []
    whole = page.get_bbox()
    share = max(_area(box) for _, box in drawn) / _area(whole)
    images = [box for is_image, box in drawn if is_image and not page.get_rotation()]
    return min(1.0, share), _large(images, whole)


def _large(images: list[Box], whole: Box) -> list[Box]:
    left, bottom, right, top = whole
    width, height = max(1.0, right - left), max(1.0, top - bottom)
    large = [
        (x0, y0, x1, y1)
        for x0, y0, x1, y1 in sorted(images, key=_area, reverse=True)
        if x1 - x0 >= _MIN_WIDTH and y1 - y0 >= _MIN_HEIGHT and (x1 - x0) * (y1 - y0) >= _MIN_SHARE * width * height
    ]
    return [
        (max(0.0, (x0 - left) / width), max(0.0, (top - y1) / height),
         min(1.0, (x1 - left) / width), min(1.0, (top - y0) / height))
        for x0, y0, x1, y1 in large[:_MAX_PICTURES]
    ]  # fmt: skip


def _area(box: Box) -> float:
    return max(1.0, (box[2] - box[0]) * (box[3] - box[1]))


def _pictures(page: pypdfium2.PdfPage) -> Iterator[tuple[bool, Box]]:
    """(an image, and not a form; its box in points, y upwards)."""
    image, form = pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM
    bounds = (ctypes.c_float * 4)()
    places = [ctypes.addressof(bounds) + 4 * number for number in range(4)]
    raw = address_of(page.raw)
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MAX_OBJECTS)):
        kind = get_object_type(item := get_object(raw, index))
        if kind in (image, form):
            get_bounds(item, *places)
            x0, y0, x1, y1 = bounds
            yield kind == image, (x0, y0, x1, y1)
