"""The words of a PDF page with their boxes, and the ruling lines drawn on it, through PDFium's C interface.

Boxes are in points from the page's upper left corner as it is shown, so a rotated page reads like any other.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

HYPHEN = "\ufffe"  # what PDFium puts for a hyphen at the end of a line
_WORD = re.compile(rf"[^\s{HYPHEN}]+{HYPHEN}?")
_SAMPLED = 60  # characters of a page, evenly spread, that speak for all of it
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
    characters: int
    is_blank: bool  # nothing at all is drawn on it
    is_garbage: bool  # it has text, but no map from its glyphs to characters


Box = tuple[float, float, float, float]  # left, top, right, bottom
Mapping = Callable[[float, float, float, float], Box]


def _plain(function: Any, result: Any, *arguments: Any) -> Any:
    """The same C function with addresses as numbers, and without letting other threads in: both cost more than it."""
    return ctypes.PYFUNCTYPE(result, *arguments)(_address(function))


def _address(pointer: Any) -> int:
    return int(ctypes.cast(pointer, ctypes.c_void_p).value or 0)


_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_box_of = _plain(pdfium.FPDFText_GetLooseCharBox, _INT, _POINTER, _INT, _POINTER)
_weight_of = _plain(pdfium.FPDFText_GetFontWeight, _INT, _POINTER, _INT)
_object_at = _plain(pdfium.FPDFPage_GetObject, _POINTER, _POINTER, _INT)
_type_of = _plain(pdfium.FPDFPageObj_GetType, _INT, _POINTER)
_segments_of = _plain(pdfium.FPDFPath_CountSegments, _INT, _POINTER)
_bounds_of = _plain(pdfium.FPDFPageObj_GetBounds, _INT, *[_POINTER] * 5)


def page_words(page: pypdfium2.PdfPage) -> PageWords:
    left, bottom, right, top = page.get_mediabox()
    textpage = page.get_textpage()
    text = _text(textpage)
    rotation = _text_rotation(textpage, len(text))
    shown = _shown(rotation, left, bottom, right, top)
    width, height = (right - left, top - bottom) if rotation in (0, 180) else (top - bottom, right - left)
    garbage = _is_garbage(textpage, text)
    words = [] if garbage else _words(textpage, text, shown)
    edges = _edges(page, shown) if words else []
    blank = not text and pdfium.FPDFPage_CountObjects(page.raw) == 0
    return PageWords(words, edges, width, height, len(text), is_blank=blank, is_garbage=garbage)


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
    sample = _sample(len(text))
    unmapped = sum(pdfium.FPDFText_HasUnicodeMapError(textpage.raw, index) == 1 for index in sample)
    if unmapped > 0.3 * len(sample):
        return True
    if "\ufffd" not in text and "".join(text.split()).replace(HYPHEN, "").isprintable():
        return False
    strange = sum(times for character, times in Counter(text).items() if _is_strange(character))
    return strange > 0.1 * len(text)


def _is_strange(character: str) -> bool:
    if character in f"\r\n\t{HYPHEN}":
        return False
    return unicodedata.category(character) in ("Cc", "Co", "Cn", "Cs") or character == "\ufffd"


def _text_rotation(textpage: pypdfium2.PdfTextPage, count: int) -> int:
    """By how much the page has to be turned for most of its text to stand upright, whatever its own flag says."""
    angles = (pdfium.FPDFText_GetCharAngle(textpage.raw, index) for index in _sample(count))
    turns = Counter(round(math.degrees(angle) / 90) % 4 * 90 for angle in angles if angle >= 0)
    return -turns.most_common(1)[0][0] % 360 if turns else 0  # PDFium measures clockwise


def _sample(count: int) -> range:
    return range(0, count, max(1, count // _SAMPLED))


def _words(textpage: pypdfium2.PdfTextPage, text: str, shown: Mapping) -> list[Word]:
    raw, found = _address(textpage.raw), list(_WORD.finditer(text))
    boxes = (ctypes.c_float * (8 * len(found)))()  # left, top, right, bottom of each word's first and last character
    at = ctypes.addressof(boxes)
    for match in found:
        start, end = match.span()
        _box_of(raw, start, at)
        _box_of(raw, end - 1 - (text[end - 1] == HYPHEN), at + 16)
        at += 32
    words: list[Word] = []
    for match, weight, ends in zip(found, _weights(raw, text, found), struct.iter_unpack("8f", boxes), strict=True):
        x0, y0, x1, y1, x2, y2, x3, y3 = ends
        if x0 <= x2 and x1 <= x3 and y0 == y2 and y1 == y3:  # nearly every word; the next line is not free
            left, top, right, bottom = shown(x0, y1, x3, y0)
        else:
            left, top, right, bottom = shown(min(x0, x2), min(y1, y3), max(x1, x3), max(y0, y2))
        words.append(Word(match[0], left, top, right, bottom, weight))
    return words


def _weights(raw: int, text: str, words: Sequence[re.Match[str]]) -> list[int]:
    """Font weights. A line that begins and ends in one weight is taken to be of it throughout."""
    weights: list[int] = []
    while len(weights) < len(words):
        first = last = len(weights)
        while last + 1 < len(words) and text[words[last].end()] not in "\r\n":
            last += 1
        ends = {_weight_of(raw, words[at].start()) for at in (first, last)}
        line = words[first : last + 1]
        weights += [*ends] * len(line) if len(ends) == 1 else [_weight_of(raw, word.start()) for word in line]
    return weights


def _edges(page: pypdfium2.PdfPage, shown: Mapping) -> list[Edge]:
    """Of the page's own paths: those inside forms have coordinates of their own, and are rarely tables."""
    raw = _address(page.raw)
    path_type, count = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDFPage_CountObjects(page.raw)
    paths = [item for index in range(count) if _type_of(item := _object_at(raw, index)) == path_type]
    if len(paths) > _MAX_PATHS:
        return []
    bounds = (ctypes.c_float * 4)()
    places = [ctypes.addressof(bounds) + 4 * number for number in range(4)]
    edges: dict[Box, None] = {}  # neighbouring cells share theirs
    for path in paths:
        _bounds_of(path, *places)
        edges |= dict.fromkeys(_edges_of(path, shown(*bounds), shown))
    return list(map(Edge._make, edges))


def _edges_of(path: int, box: Box, shown: Mapping) -> Iterable[Box]:
    """A thin path is one stroke, a plain rectangle four; other shapes rule nothing."""
    left, top, right, bottom = box
    if right - left < 3 or bottom - top < 3:
        if bottom - top < 3 < right - left:
            return [(left, (top + bottom) / 2, right, (top + bottom) / 2)]
        if right - left < 3 < bottom - top:
            return [((left + right) / 2, top, (left + right) / 2, bottom)]
        return []
    segments = _segments_of(path)
    if segments in (4, 5, 6):
        across = ((left, top, right, top), (left, bottom, right, bottom))
        return (*across, (left, top, left, bottom), (right, top, right, bottom))
    return _strokes(ctypes.cast(path, pdfium.FPDF_PAGEOBJECT), segments, shown) if 6 < segments <= 400 else []


def _strokes(path: Any, count: int, shown: Mapping) -> Iterator[Box]:
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
                yield box
        previous = None if kind == pdfium.FPDF_SEGMENT_BEZIERTO else at
