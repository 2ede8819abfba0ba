"""The words of a PDF page with their boxes, and its ruling lines, through PDFium's C interface.

Entry function: ``page_words``, called by ``document`` for each page. Boxes are those of ``geometry``.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from voicehelper.ingestion.layouts import PageLayout, page_layout
from voicehelper.ingestion.parsers.pdf.annotations import page_annotations
from voicehelper.ingestion.parsers.pdf.comments import comment_texts, typed_values
from voicehelper.ingestion.parsers.pdf.figures import page_figures
from voicehelper.ingestion.parsers.pdf.filled_form import with_field_values
from voicehelper.ingestion.parsers.pdf.geometry import Box, Transform, page_transform
from voicehelper.ingestion.parsers.pdf.native import (
    address_of,
    get_character_box,
    get_font_weight,
    get_object,
    get_object_type,
)
from voicehelper.ingestion.parsers.pdf.spaced_letters import join_spaced_letters
from voicehelper.ingestion.parsers.pdf.strokes import Edge, page_edges
from voicehelper.ingestion.parsers.pdf.word import Word

if TYPE_CHECKING:
    from voicehelper.ingestion.parsers.pdf.tables import RuledTable

HYPHEN = "\ufffe"  # PDFium's character for a hyphen at the end of a line
DIVIDERS = f"{HYPHEN}-\u2010\u00ad"  # what may stand where a line divides a word; the last is a soft hyphen
_WORD = re.compile(rf"[^\s{HYPHEN}]+{HYPHEN}?")
_MIN_UNREADABLE = 5  # characters; fewer are signs of a symbol font
_SAMPLE_SIZE = 60  # characters, evenly spread, that are measured for a whole page


@dataclass(frozen=True, slots=True)
class PageWords:
    words: list[Word]
    edges: list[Edge]
    height: float
    characters: int
    is_blank: bool  # nothing at all is drawn on it
    is_garbage: bool  # it has text, but no map from its glyphs to characters
    is_partly_unreadable: bool = False  # characters are missing that a reader of the page sees
    comments: list[str] = field(default_factory=list)  # what was written onto it
    turn: int = 0  # degrees clockwise, from the page as viewers show it to upright text
    shown: Box = (0.0, 0.0, 1.0, 1.0)  # the part of it that viewers show
    size: tuple[float, float] = (1.0, 1.0)  # of what they show, in points, before it is turned
    picture_share: float = 0.0  # of its area, that the largest picture covers
    confidence: float | None = None  # of its words, which were recognised; None for those of a text layer
    has_places: bool = True  # whether its words stand where their boxes say
    tables: list[RuledTable] = field(default_factory=list)  # that were recognised
    is_unread: bool = False  # what it shows could not be recognised
    pictures: list[Box] = field(default_factory=list)  # on it, as fractions of what viewers show
    figures: list[PageWords] = field(default_factory=list)  # what was recognised in them


def page_words(page: pypdfium2.PdfPage) -> PageWords:
    left, bottom, right, top = page.get_mediabox()
    textpage = page.get_textpage()
    text = _text(textpage)
    rotation = _text_rotation(textpage, len(text))
    transform = page_transform(rotation, left, bottom, right, top)
    height = top - bottom if rotation in (0, 180) else right - left
    is_garbage = _is_garbage(textpage, text)
    words = [] if is_garbage else join_spaced_letters(_words(textpage, text, transform), text)
    fields, comments = page_annotations(page, transform)
    fields, comments = typed_values(words, fields, comments)
    notes = comment_texts(comments, words)
    words = with_field_values(words, fields) if fields else words
    edges = page_edges(page, transform) if words else []
    share, pictures = page_figures(page)
    is_blank = not text and pdfium.FPDFPage_CountObjects(page.raw) == 0
    return PageWords(
        words,
        edges,
        height,
        len(text),
        is_blank=is_blank,
        is_garbage=is_garbage,
        is_partly_unreadable=bool(words) and _is_partly_unreadable(page, text),
        comments=notes,
        turn=(rotation - page.get_rotation()) % 360,
        shown=transform(*page.get_bbox()),
        size=page.get_size(),
        picture_share=share,
        pictures=pictures if words else [],
    )


def layout_of(number: int, page: PageWords) -> PageLayout:
    left, top, right, bottom = page.shown
    width, height = right - left or 1.0, bottom - top or 1.0
    read = [page, *page.figures]
    words = [word for part in read if part.has_places for word in part.words]
    boxes = [
        ((w.left - left) / width, (w.top - top) / height, (w.right - left) / width, (w.bottom - top) / height)
        for w in words
    ]
    return page_layout(number, page.turn, [word.text for word in words], boxes)


def _text(textpage: pypdfium2.PdfTextPage) -> str:
    """One character per PDFium index, those beyond the Basic Multilingual Plane included."""
    count = textpage.count_chars()
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    length = pdfium.FPDFText_GetText(textpage.raw, 0, count, buffer) - 1
    if length == count:
        text = bytes(buffer)[: 2 * length].decode("utf-16-le", "surrogatepass")
        if len(text) == count:
            return text
    return "".join(_character(textpage.raw, index) for index in range(count))


def _character(raw: Any, index: int) -> str:
    code = pdfium.FPDFText_GetUnicode(raw, index)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"


def _is_garbage(textpage: pypdfium2.PdfTextPage, text: str) -> bool:
    """Whether the text is glyph numbers: fonts without a map to Unicode, or control and private-use characters."""
    if not text.strip():
        return False
    sample = _sample(len(text))
    unmapped = sum(pdfium.FPDFText_HasUnicodeMapError(textpage.raw, index) == 1 for index in sample)
    if unmapped > 0.3 * len(sample):
        return True
    if "\ufffd" not in text and "".join(text.split()).replace(HYPHEN, "").isprintable():
        return False
    unreadable = sum(count for character, count in Counter(text).items() if _is_unreadable(character))
    return unreadable > 0.1 * len(text)


def _is_partly_unreadable(page: pypdfium2.PdfPage, text: str) -> bool:
    """Glyphs that have no character, or fewer characters than the page has objects of text."""
    if "\ufffd" in text or not "".join(text.split()).replace(HYPHEN, "").isprintable():
        counted = Counter(text)
        unknown = sum(n for c, n in counted.items() if unicodedata.category(c) != "Co" and _is_unreadable(c))
        if unknown >= _MIN_UNREADABLE:
            return True
    least = _MIN_UNREADABLE + int(1.5 * len(text))  # many files have objects of spaces alone
    count = pdfium.FPDFPage_CountObjects(page.raw)
    return count >= least and _text_objects(page, count) >= least


def _text_objects(page: pypdfium2.PdfPage, count: int) -> int:
    raw = address_of(page.raw)
    return sum(get_object_type(get_object(raw, index)) == pdfium.FPDF_PAGEOBJ_TEXT for index in range(count))


def _is_unreadable(character: str) -> bool:
    if character in f"\r\n\t{HYPHEN}":
        return False
    return unicodedata.category(character) in ("Cc", "Co", "Cn", "Cs") or character == "\ufffd"


def _text_rotation(textpage: pypdfium2.PdfTextPage, count: int) -> int:
    """Clockwise turn in degrees that sets most of the text upright; the page's own rotation flag is often wrong."""
    angles = (pdfium.FPDFText_GetCharAngle(textpage.raw, index) for index in _sample(count))
    turns = Counter(round(math.degrees(angle) / 90) % 4 * 90 for angle in angles if angle >= 0)
    return -turns.most_common(1)[0][0] % 360 if turns else 0  # PDFium measures clockwise


def _sample(count: int) -> range:
    return range(0, count, max(1, count // _SAMPLE_SIZE))


def _words(textpage: pypdfium2.PdfTextPage, text: str, transform: Transform) -> list[Word]:
    raw, matches = address_of(textpage.raw), list(_WORD.finditer(text))
    words: list[Word] = []
    for match, weight, corners in zip(matches, _weights(raw, text, matches), _boxes(raw, text, matches), strict=True):
        x0, y0, x1, y1, x2, y2, x3, y3 = corners
        if x0 <= x2 and x1 <= x3 and y0 == y2 and y1 == y3:  # nearly every word, and min and max are not free
            left, top, right, bottom = transform(x0, y1, x3, y0)
        else:
            left, top, right, bottom = transform(min(x0, x2), min(y1, y3), max(x1, x3), max(y0, y2))
        words.append(Word(match[0], left, top, right, bottom, weight))
    return words


def _boxes(raw: int, text: str, matches: Sequence[re.Match[str]]) -> Iterator[tuple[float, ...]]:
    """Left, top, right and bottom of each word's first character, then of its last one."""
    buffer = (ctypes.c_float * (8 * len(matches)))()
    address = ctypes.addressof(buffer)
    for match in matches:
        start, end = match.span()
        get_character_box(raw, start, address)
        get_character_box(raw, end - 1 - (text[end - 1] == HYPHEN), address + 16)
        address += 32
    return struct.iter_unpack("8f", buffer)


def _weights(raw: int, text: str, words: Sequence[re.Match[str]]) -> list[int]:
    """Font weights. A line whose first and last word have one weight is taken to have it throughout."""
    weights: list[int] = []
    while len(weights) < len(words):
        first = last = len(weights)
        while last + 1 < len(words) and text[words[last].end()] not in "\r\n":
            last += 1
        ends = {get_font_weight(raw, words[index].start()) for index in (first, last)}
        line = words[first : last + 1]
        weights += [*ends] * len(line) if len(ends) == 1 else [get_font_weight(raw, word.start()) for word in line]
    return weights
