"""Tables drawn in several styles, with the rows that a reader should return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageDraw
from voicehelper.recognition.engine import Reading

from tests.support.drawn.pages import Face, font, wrapped

Style = Literal["ruled", "open", "shaded", "booktabs", "plain"]
_MARGIN: Final = 90


@dataclass(frozen=True, slots=True)
class Sheet:
    """``rows`` are cells; None continues the cell to the left. ``widths`` are pixels, a cell wraps within its own."""

    rows: Sequence[Sequence[str | None]]
    widths: Sequence[int]
    style: Style = "ruled"
    face: Face = "sans"
    pixels: int = 26
    title: str = ""
    centred: bool = False
    numbers_right: bool = False

    @property
    def expected(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(cell or "" for cell in row) for row in self.rows)


def draw_table(sheet: Sheet) -> Image.Image:
    """In grey, with ``title`` above."""
    heights, top = _heights(sheet), _top(sheet)
    right = _MARGIN + sum(sheet.widths)
    page = Image.new("L", (right + _MARGIN, top + sum(heights) + _MARGIN), 255)
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, _MARGIN // 2), sheet.title, font=font(sheet.face, sheet.pixels + 6), fill=0)
    if sheet.style == "shaded":
        draw.rectangle((_MARGIN, top, right, top + heights[0]), fill=205)
    for text, x, y in placements(sheet):
        draw.text((x, y), text, font=font(sheet.face, sheet.pixels), fill=0)
    y = top
    for row, height in zip(sheet.rows, heights, strict=True):
        _draw_lines(draw, sheet, [(start, end) for start, end, _ in _cells(sheet, row)], y, y + height)
        y += height
    if sheet.style in ("open", "booktabs"):
        draw.line((_MARGIN, y, right, y), fill=0, width=3)
    if sheet.style == "booktabs":
        draw.line((_MARGIN, top, right, top), fill=0, width=3)
        draw.line((_MARGIN, top + heights[0], right, top + heights[0]), fill=0, width=2)
    return page


def _draw_lines(
    draw: ImageDraw.ImageDraw, sheet: Sheet, cells: Sequence[tuple[int, int]], top: int, bottom: int
) -> None:
    for start, end in cells:
        if sheet.style in ("ruled", "shaded"):
            draw.rectangle((start, top, end, bottom), outline=0, width=2)
        elif sheet.style == "open":
            draw.line((start, top, end, top), fill=0, width=2)
            if start > _MARGIN:
                draw.line((start, top, start, bottom), fill=0, width=2)


def placements(sheet: Sheet) -> Iterator[tuple[str, float, float]]:
    """(text, left, top) of each line of each cell, its title aside."""
    y = _top(sheet)
    for index, (row, height) in enumerate(zip(sheet.rows, _heights(sheet), strict=True)):
        for start, end, lines in _cells(sheet, row):
            at = y + (height - _pitch(sheet) * len(lines)) / 2
            for number, line in enumerate(lines):
                yield line, _left(sheet, line, start, end, is_head=index == 0), at + number * _pitch(sheet)
        y += height


def readings_of(sheet: Sheet) -> list[Reading]:
    """What a recogniser without an error would find: boxes somewhat larger than the ink, as the detector's are."""
    face, more = font(sheet.face, sheet.pixels), 0.12 * sheet.pixels
    readings = []
    for text, x, y in placements(sheet):
        top, bottom = y + 0.15 * sheet.pixels, y + 1.35 * sheet.pixels
        edges = [x + face.getlength(text[:index]) for index in range(len(text) + 1)]
        characters = tuple(
            (text[index], 0.99, (edges[index], top, edges[index + 1], bottom))
            for index in range(len(text))
            if not text[index].isspace()
        )
        left, right = x - more, edges[-1] + more
        if text:
            corners = ((left, top), (right, top), (right, bottom), (left, bottom))
            readings.append(Reading(text, corners, 0.99, characters))
    return readings


def _pitch(sheet: Sheet) -> int:
    return round(sheet.pixels * 1.3)


def _top(sheet: Sheet) -> int:
    return _MARGIN + (2 * _pitch(sheet) if sheet.title else 0)


def _heights(sheet: Sheet) -> list[int]:
    pad = round(sheet.pixels * (0.4 if sheet.style == "plain" else 0.45))
    return [_pitch(sheet) * max(len(lines) for _, _, lines in _cells(sheet, row)) + 2 * pad for row in sheet.rows]


def _cells(sheet: Sheet, row: Sequence[str | None]) -> list[tuple[int, int, list[str]]]:
    """(start, end, lines) of each cell that is its own."""
    spans: list[tuple[int, int, str]] = []
    x = _MARGIN
    for cell, width in zip(row, sheet.widths, strict=True):
        if cell is None:
            spans[-1] = spans[-1][0], x + width, spans[-1][2]
        else:
            spans.append((x, x + width, cell))
        x += width
    return [(start, end, _wrapped(sheet, text, end - start)) for start, end, text in spans]


def _wrapped(sheet: Sheet, text: str, width: int) -> list[str]:
    return wrapped(text, max(2, int((width - sheet.pixels) / sheet.pixels * 2))) or [""]


def _left(sheet: Sheet, line: str, start: int, end: int, *, is_head: bool) -> float:
    width, pad = font(sheet.face, sheet.pixels).getlength(line), sheet.pixels // 2
    if sheet.centred or (is_head and end - start > 1.5 * width and sheet.style != "plain"):
        return round((start + end - width) / 2)
    if sheet.numbers_right and line[:1].isdigit():
        return round(end - pad - width)
    return start + pad
