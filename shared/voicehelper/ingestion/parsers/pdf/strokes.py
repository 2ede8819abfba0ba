"""The ruling lines drawn on a PDF page, from which ``tables`` builds grids.

Entry function: ``page_edges``, called by ``words``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from voicehelper.ingestion.parsers.pdf.geometry import Box, Transform
from voicehelper.ingestion.parsers.pdf.native import (
    address_of,
    count_segments,
    get_bounds,
    get_object,
    get_object_type,
)

_MAX_PATHS = 4000  # a page with more is a drawing, not a table
_MAX_SEGMENTS = 400
_STROKE_WIDTH = 3  # points; a path this thin is one line


class Edge(NamedTuple):
    """A horizontal (top == bottom) or vertical (left == right) line."""

    left: float
    top: float
    right: float
    bottom: float


def page_edges(page: pypdfium2.PdfPage, transform: Transform) -> list[Edge]:
    """Distinct edges of the page's own paths; forms are left out: they use other coordinates and rarely hold tables."""
    paths = _paths(page)
    if len(paths) > _MAX_PATHS:
        return []
    bounds = (ctypes.c_float * 4)()
    places = [ctypes.addressof(bounds) + 4 * number for number in range(4)]
    edges: dict[Box, None] = {}  # neighbouring cells share theirs
    for path in paths:
        get_bounds(path, *places)
        edges |= dict.fromkeys(_path_edges(path, transform(*bounds), transform))
    return list(map(Edge._make, edges))


def _paths(page: pypdfium2.PdfPage) -> list[int]:
    raw = address_of(page.raw)
    path_type, count = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDFPage_CountObjects(page.raw)
    return [item for index in range(count) if get_object_type(item := get_object(raw, index)) == path_type]


def _path_edges(path: int, box: Box, transform: Transform) -> Iterable[Box]:
    """One edge of a thin path, four of a plain rectangle; curves and other shapes rule nothing."""
    left, top, right, bottom = box
    if right - left < _STROKE_WIDTH or bottom - top < _STROKE_WIDTH:
        return _thin_path_edge(left, top, right, bottom)
    segments = count_segments(path)
    if segments in (4, 5, 6):
        horizontal = ((left, top, right, top), (left, bottom, right, bottom))
        return (*horizontal, (left, top, left, bottom), (right, top, right, bottom))
    if 6 < segments <= _MAX_SEGMENTS:
        return _straight_segments(ctypes.cast(path, pdfium.FPDF_PAGEOBJECT), segments, transform)
    return ()


def _thin_path_edge(left: float, top: float, right: float, bottom: float) -> Iterable[Box]:
    """Its middle line; nothing for a dot."""
    if bottom - top < _STROKE_WIDTH < right - left:
        return ((left, (top + bottom) / 2, right, (top + bottom) / 2),)
    if right - left < _STROKE_WIDTH < bottom - top:
        return (((left + right) / 2, top, (left + right) / 2, bottom),)
    return ()


def _straight_segments(path: Any, count: int, transform: Transform) -> Iterator[Box]:
    """The horizontal and vertical lines of a path that draws a whole grid at once."""
    raw_matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, raw_matrix)
    matrix = pypdfium2.PdfMatrix.from_raw(raw_matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    start: tuple[float, float] | None = None
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        end = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_LINETO and start:
            (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
            box = transform(x0, y0, x1, y1)
            if box[2] - box[0] < 1 or box[3] - box[1] < 1:
                yield box
        start = None if kind == pdfium.FPDF_SEGMENT_BEZIERTO else end
