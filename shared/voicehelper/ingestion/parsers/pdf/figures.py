"""Pictures drawn on a PDF page: how much of it they cover, and which of them may hold text.

Entry functions: ``picture_share`` and ``page_pictures``, called by ``words``.
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


def picture_share(page: pypdfium2.PdfPage) -> float:
    """Of the page's area, what its largest picture covers, 0 … 1; what a form draws counts as a picture."""
    area = _area(page.get_bbox())
    kinds = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM)
    return float(min(1.0, max((_area(box) for box in _objects(page, kinds)), default=0.0) / area))


def page_pictures(page: pypdfium2.PdfPage) -> list[Box]:
    """Left, top, right and bottom as fractions of an unturned page; the largest first."""
    if page.get_rotation():
        return []
    left, bottom, right, top = whole = page.get_bbox()
    large = [
        (x0, y0, x1, y1)
        for x0, y0, x1, y1 in _objects(page, (pdfium.FPDF_PAGEOBJ_IMAGE,))
        if x1 - x0 >= _MIN_WIDTH and y1 - y0 >= _MIN_HEIGHT and (x1 - x0) * (y1 - y0) >= _MIN_SHARE * _area(whole)
    ]
    large.sort(key=_area, reverse=True)
    width, height = right - left, top - bottom
    return [
        (max(0.0, (x0 - left) / width), max(0.0, (top - y1) / height),
         min(1.0, (x1 - left) / width), min(1.0, (top - y0) / height))
        for x0, y0, x1, y1 in large[:_MAX_PICTURES]
    ]  # fmt: skip


def _area(box: Box) -> float:
    return max(1.0, (box[2] - box[0]) * (box[3] - box[1]))


def _objects(page: pypdfium2.PdfPage, kinds: tuple[int, ...]) -> Iterator[Box]:
    bounds = (ctypes.c_float * 4)()
    places = [ctypes.addressof(bounds) + 4 * number for number in range(4)]
    raw = address_of(page.raw)
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MAX_OBJECTS)):
        item = get_object(raw, index)
        if get_object_type(item) in kinds:
            get_bounds(item, *places)
            x0, y0, x1, y1 = bounds
            yield x0, y0, x1, y1
