"""Pages of a PDF whose text is a picture: which they are, and what was recognised as words of the page.

Entry functions: ``with_recognised`` and ``with_figures``, called by the parsers, and ``recognised_lines``, which
``assembly`` calls.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from voicehelper.ingestion.parsers.common.cleaning import display_width
from voicehelper.ingestion.parsers.pdf.lines import Line, Segment
from voicehelper.ingestion.parsers.pdf.order import lines_in_order
from voicehelper.ingestion.parsers.pdf.scanned_tables import figure_tables, tables_of
from voicehelper.ingestion.parsers.pdf.tables import RuledTable
from voicehelper.ingestion.parsers.pdf.word import Word
from voicehelper.ingestion.parsers.pdf.words import PageWords
from voicehelper.ingestion.recognised import Pictures, page_reference, region_reference
from voicehelper.shapes.recognition import Box, RecognisedPage

_FEW_CHARACTERS = 100  # above a picture of the whole page: a stamp, a page number, the name of the scanning program
_WHOLE_PAGE = 0.6  # of its area
_FIGURE_CHARACTERS = 50
_FIGURE_WIDTH = 24  # of a line on average, in letters of Latin script
_REPEATED = 3  # pages
_MIN_SAMPLE, _SAMPLE, _SAMPLE_WORDS = 40, 1000, 400
_MIN_LETTERS = 0.4  # of what is printed; less is the output of a font whose characters are called something else
_LABEL = re.compile(r"[^:：]{1,24}[:：]\s?\S")  # one of several on a form: "Date: 11/15/2019"
_PER_MILLE = re.compile(r"(?<=\d)\s?%[0oO](?![\d.%])")  # as the sign is read: "0.5%0"
_SYMBOL = re.compile(r"^_ +(?=\w)")  # a small picture before a heading: "_ 3. Monthly"
_LEADERS = re.compile(r"[.\u2026\u00b7_\-\u2013\u2014=*]{3,}")
_ROW_CELLS, _ROWS_IN_A_ROW = 3, 3
_SAME_SIZE = 0.3  # boxes of lines in one type differ by so much
_POINTS = 0.72  # heights of boxes that a recogniser draws are those of lines, sizes are those of characters


def with_recognised(page: PageWords, number: int, pictures: Pictures) -> PageWords:
    """The page with its recognised words in place of those of its text layer; itself where it needs none."""
    if not is_scanned(page):
        return page
    reference = page_reference(number)
    if found := pictures.find(reference):
        return _recognised(page, found)
    return replace(page, words=[], is_unread=pictures.is_unread(reference)) if _is_rubbish(page) else replace(
        page, is_unread=pictures.is_unread(reference)
    )  # fmt: skip


def with_figures(pages: Sequence[PageWords | None], pictures: Pictures) -> list[PageWords | None]:
    """The pages with the text of pictures on them. What stands at one place of several pages is their letterhead."""
    places = Counter(_rounded(box) for page in pages if page for box in page.pictures)
    return [
        page
        and _with_figures(page, number, [box for box in page.pictures if places[_rounded(box)] < _REPEATED], pictures)
        for number, page in enumerate(pages, 1)
    ]


def _rounded(box: Sequence[float]) -> tuple[int, ...]:
    return tuple(round(100 * side) for side in box)


def _with_figures(page: PageWords, number: int, boxes: Sequence[Sequence[float]], pictures: Pictures) -> PageWords:
    if page.confidence is not None or page.turn or is_scanned(page):
        return page
    found = [(box, pictures.find(region_reference(number, box))) for box in boxes]
    return replace(page, figures=[_figure(page, box, text) for box, text in found if text and holds_text(text)])


def holds_text(found: RecognisedPage) -> bool:
    """Whether a picture among text is prose or a table. Screens and drawings hold many short labels, which would be
    found before the text about them.
    """
    if sum(character.isalnum() for character in found.text) < _FIGURE_CHARACTERS:
        return False
    if sum(display_width(line.text) for line in found.lines) >= _FIGURE_WIDTH * len(found.lines):
        return True
    tables = figure_tables(found)
    inside = [line for line in found.lines if any(is_within(line.box, table.box) for table in tables)]
    return 2 * len(inside) > len(found.lines)


def is_within(box: Box, outer: Box) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return outer.x0 <= x <= outer.x1 and outer.y0 <= y <= outer.y1


def _figure(page: PageWords, box: Sequence[float], found: RecognisedPage) -> PageWords:
    """Its words where they stand on the page; those of a picture that lies on its side over the whole of it."""
    left, top, right, bottom = page.shown
    x0, y0 = left + box[0] * (right - left), top + box[1] * (bottom - top)
    size = (box[2] - box[0]) * (right - left), (box[3] - box[1]) * (bottom - top)
    upright = replace(found, rotation=0, tables=tuple(figure_tables(found)))
    read = _recognised(replace(page, size=size, comments=[], pictures=[]), upright)
    words = [
        word._replace(left=word.left + x0, right=word.right + x0, top=word.top + y0, bottom=word.bottom + y0)
        for word in read.words
    ]
    tables = [
        replace(one, left=one.left + x0, right=one.right + x0, top=one.top + y0, bottom=one.bottom + y0)
        for one in read.tables
    ]
    return replace(read, words=words, tables=tables, height=page.height)


def is_scanned(page: PageWords) -> bool:
    """Whether the page's text must be recognised: it has none, or rubbish, or hardly any on the picture of a page."""
    if page.is_garbage or (not page.words and not page.is_blank):
        return True
    return _is_rubbish(page) or (page.picture_share >= _WHOLE_PAGE and _characters(page) < _FEW_CHARACTERS)


def _characters(page: PageWords) -> int:
    return sum(len(word.text) for word in page.words)


def _is_rubbish(page: PageWords) -> bool:
    if page.is_garbage:
        return True
    text = _LEADERS.sub("", "".join([word.text for word in page.words[:_SAMPLE_WORDS]])[:_SAMPLE])
    letters = sum(map(str.isalnum, text))
    return len(text) >= _MIN_SAMPLE and letters < _MIN_LETTERS * len(text)


def _recognised(page: PageWords, found: RecognisedPage) -> PageWords:
    width, height = page.size if found.rotation in (0, 180) else page.size[::-1]
    boxes = [_scaled(line.box, width, height) for line in found.lines]
    heights = _even_heights([bottom - top for _, top, _, bottom in boxes])
    words = [
        Word(_as_printed(line.text), left, (top + bottom - tall) / 2, right, (top + bottom + tall) / 2)
        for line, (left, top, right, bottom), tall in zip(found.lines, boxes, heights, strict=True)
    ]
    return replace(
        page,
        words=words,
        edges=[],
        height=height,
        is_garbage=False,
        is_partly_unreadable=False,
        turn=found.rotation,
        shown=(0.0, 0.0, width, height),
        tables=tables_of(found.tables, width, height),
        confidence=found.confidence,
        has_places=found.is_placed,
    )


def _as_printed(text: str) -> str:
    return _SYMBOL.sub("", _PER_MILLE.sub("\u2030", text))


def _scaled(box: Box, width: float, height: float) -> tuple[float, float, float, float]:
    return box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height


def _even_heights(heights: Sequence[float]) -> list[float]:
    """Lines of one type get one height: a heading is told by its size, and boxes follow tall and deep characters."""
    usual = median(heights)
    return [_POINTS * (usual if abs(height - usual) <= _SAME_SIZE * usual else height) for height in heights]


def recognised_lines(page: PageWords) -> list[Line]:
    """In reading order. What stands side by side outside of tables is one line: label and value, on most scans."""
    words = [word for word in page.words if not any(_is_inside(word, table) for table in page.tables)]
    ordered = lines_in_order(words, page.tables)
    rows = _rows(ordered)
    lines = [line if line.table or at in rows else _joined(line) for at, line in enumerate(ordered)]
    labelled = [_LABEL.match(line.text) is not None for line in lines]
    for at, line in enumerate(lines):
        line.is_whole |= labelled[at] and any(labelled[max(0, at - 1) : at] + labelled[at + 1 : at + 2])
    return lines


def _rows(lines: Sequence[Line]) -> set[int]:
    """Indices of lines that are rows of a table which the recogniser did not see: several below each other."""
    rows: set[int] = set()
    run: list[int] = []
    for at, line in enumerate([*lines, None]):
        if line and len(line.segments) >= _ROW_CELLS:
            run.append(at)
        else:
            rows |= set(run) if len(run) >= _ROWS_IN_A_ROW else set()
            run = []
    return rows


def _joined(line: Line) -> Line:
    if len(line.segments) == 1:
        return line
    first, last = line.segments[0], line.segments[-1]
    words = [word for segment in line.segments for word in segment.words]
    whole = Segment(words, first.left, line.top, last.right, line.bottom, first.sequence)
    return Line([whole], line.region, line.left_edge, line.right_edge, is_whole=True)


def _is_inside(word: Word, table: RuledTable) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return table.left <= x <= table.right and table.top <= y <= table.bottom
