"""The words of a PDF page with their boxes, and the ruling lines drawn on it, through PDFium's C interface.

Boxes are in points from the page's upper left corner as it is shown, so a rotated page reads like any other.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

HYPHEN = "\ufffe"  # what PDFium puts for a hyphen at the end of a line
_WORD = re.compile(rf"[^\s{HYPHEN}]+{HYPHEN}?")
_SAMPLE_STEP = 25
_MAX_PATHS = 4000  # a page with more is a drawing, not a table


class Word(NamedTuple):  # a tuple is built three times as fast as a dataclass, and a page has a thousand
    text: str
    left: float
    top: float
    right: float
    bottom: float
    weight: int = 400

    @property
    def height(self) -> float:
        return self.bottom - self.top


class Edge(NamedTuple):
    """A horizontal (top == bottom) or vertical (left == right) stroke."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageWords:
    words: list[Word]
    edges: list[Edge]
    width: float
    height: float
    is_blank: bool  # nothing at all is drawn on it
    is_garbage: bool  # it has text, but no map from its glyphs to characters


Mapping = Callable[[float, float, float, float], tuple[float, float, float, float]]


def page_words(page: pypdfium2.PdfPage) -> PageWords:
    left, bottom, right, top = page.get_mediabox()
    textpage = page.get_textpage()
    text = _text(textpage)
    rotation = _text_rotation(textpage, len(text))
    shown = _shown(rotation, left, bottom, right, top)
    width, height = (right - left, top - bottom) if rotation in (0, 180) else (top - bottom, right - left)
    garbage = _is_garbage(textpage, text)
    words = [] if garbage else list(_words(textpage, text, shown))
    edges = _edges(page, shown) if words else []
    blank = not text and pdfium.FPDFPage_CountObjects(page.raw) == 0
    return PageWords(words, edges, width, height, is_blank=blank, is_garbage=garbage)


def _shown(rotation: int, left: float, bottom: float, right: float, top: float) -> Mapping:
    """From PDF space (origin below left) to the shown page (origin above left)."""

    def mapping(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        if rotation == 90:
            return y0 - bottom, x0 - left, y1 - bottom, x1 - left
        if rotation == 180:
            return right - x1, y0 - bottom, right - x0, y1 - bottom
        if rotation == 270:
            return top - y1, right - x1, top - y0, right - x0
        return x0 - left, top - y1, x1 - left, top - y0

    return mapping


def _text(textpage: pypdfium2.PdfTextPage) -> str:
    """One character per PDFium index, whatever plane it is from."""
    count = textpage.count_chars()
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    taken = pdfium.FPDFText_GetText(textpage.raw, 0, count, buffer) - 1
    if taken == count:
        text = bytes(buffer)[: 2 * taken].decode("utf-16-le", "surrogatepass")
        if len(text) == count:
            return text
    return "".join(_character(textpage.raw, index) for index in range(count))


def _character(raw: Any, index: int) -> str:
    code = pdfium.FPDFText_GetUnicode(raw, index)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"


def _is_garbage(textpage: pypdfium2.PdfTextPage, text: str) -> bool:
    """Glyph numbers instead of characters: no map to Unicode, or control and private characters."""
    if not text.strip():
        return False
    sample = range(0, len(text), max(1, len(text) // 200))
    unmapped = sum(pdfium.FPDFText_HasUnicodeMapError(textpage.raw, index) == 1 for index in sample)
    if unmapped > 0.3 * len(sample):
        return True
    strange = sum(times for character, times in Counter(text).items() if _is_strange(character))
    return strange > 0.1 * len(text)


def _is_strange(character: str) -> bool:
    if character in f"\r\n\t{HYPHEN}":
        return False
    return unicodedata.category(character) in ("Cc", "Co", "Cn", "Cs") or character == "\ufffd"


def _text_rotation(textpage: pypdfium2.PdfTextPage, count: int) -> int:
    """By how much the page has to be turned for most of its text to stand upright, whatever its own flag says."""
    angles = (pdfium.FPDFText_GetCharAngle(textpage.raw, index) for index in range(0, count, _SAMPLE_STEP))
    turns = Counter(round(math.degrees(angle) / 90) % 4 * 90 for angle in angles if angle >= 0)
    return -turns.most_common(1)[0][0] % 360 if turns else 0  # PDFium measures clockwise


def _words(textpage: pypdfium2.PdfTextPage, text: str, shown: Mapping) -> Iterator[Word]:
    first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    first_ref, last_ref, raw = ctypes.byref(first), ctypes.byref(last), textpage.raw
    box_of, weight_of = pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetFontWeight
    for match in _WORD.finditer(text):
        end = match.end() - 1 - (match[0][-1] == HYPHEN)
        box_of(raw, match.start(), first_ref)
        box_of(raw, end, last_ref)
        box = shown(
            min(first.left, last.left),
            min(first.bottom, last.bottom),
            max(first.right, last.right),
            max(first.top, last.top),
        )
        yield Word(match[0], *box, weight_of(raw, match.start()))


def _edges(page: pypdfium2.PdfPage, shown: Mapping) -> list[Edge]:
    """Of the page's own paths: those inside forms have coordinates of their own, and are rarely tables."""
    objects = (pdfium.FPDFPage_GetObject(page.raw, index) for index in range(pdfium.FPDFPage_CountObjects(page.raw)))
    paths = [item for item in objects if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_PATH]
    return [edge for path in paths for edge in _edges_of(path, shown)] if len(paths) <= _MAX_PATHS else []


def _bounds(path: Any) -> tuple[float, float, float, float]:
    values = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(path, *values)
    return values[0].value, values[1].value, values[2].value, values[3].value


def _edges_of(path: Any, shown: Mapping) -> Iterator[Edge]:
    """A thin path is one stroke, a plain rectangle four; other shapes rule nothing."""
    left, top, right, bottom = shown(*_bounds(path))
    if right - left < 3 or bottom - top < 3:
        if bottom - top < 3 < right - left:
            yield Edge(left, (top + bottom) / 2, right, (top + bottom) / 2)
        elif right - left < 3 < bottom - top:
            yield Edge((left + right) / 2, top, (left + right) / 2, bottom)
        return
    segments = pdfium.FPDFPath_CountSegments(path)
    if segments in (4, 5, 6):
        yield from (Edge(left, top, right, top), Edge(left, bottom, right, bottom))
        yield from (Edge(left, top, left, bottom), Edge(right, top, right, bottom))
    elif 6 < segments <= 400:
        yield from _strokes(path, segments, shown)


def _strokes(path: Any, count: int, shown: Mapping) -> Iterator[Edge]:
    raw_matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, raw_matrix)
    matrix = pypdfium2.PdfMatrix.from_raw(raw_matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    previous: tuple[float, float] | None = None
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        at = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_LINETO and previous:
            box = shown(
                min(previous[0], at[0]), min(previous[1], at[1]), max(previous[0], at[0]), max(previous[1], at[1])
            )
            if box[2] - box[0] < 1 or box[3] - box[1] < 1:
                yield Edge(*box)
        previous = None if kind == pdfium.FPDF_SEGMENT_BEZIERTO else at
