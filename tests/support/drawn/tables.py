"""Tables drawn in several styles, with the rows that a reader should return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageDraw

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
    pitch, pad = round(sheet.pixels * 1.3), round(sheet.pixels * (0.45 if sheet.style != "plain" else 0.4))
    heights = [pitch * max(len(lines) for _, _, lines in _cells(sheet, row)) + 2 * pad for row in sheet.rows]
    top = _MARGIN + (2 * pitch if sheet.title else 0)
    page = Image.new("L", (2 * _MARGIN + sum(sheet.widths), top + sum(heights) + _MARGIN), 255)
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, _MARGIN // 2), sheet.title, font=font(sheet.face, sheet.pixels + 6), fill=0)
    y = top
    for index, (row, height) in enumerate(zip(sheet.rows, heights, strict=True)):
        if sheet.style == "shaded" and index == 0:
            draw.rectangle((_MARGIN, y, _MARGIN + sum(sheet.widths), y + height), fill=205)
        for start, end, lines in _cells(sheet, row):
            _draw_cell(draw, sheet, (start, y, end, y + height), lines, pitch, is_head=index == 0)
            if sheet.style in ("ruled", "shaded"):
                draw.rectangle((start, y, end, y + height), outline=0, width=2)
            elif sheet.style == "open":
                draw.line((start, y, end, y), fill=0, width=2)
                if start > _MARGIN:
                    draw.line((start, y, start, y + height), fill=0, width=2)
        y += height
    if sheet.style in ("open", "booktabs"):
        for at in (top, y) if sheet.style == "booktabs" else (y,):
            draw.line((_MARGIN, at, _MARGIN + sum(sheet.widths), at), fill=0, width=3)
    if sheet.style == "booktabs":
        draw.line((_MARGIN, top + heights[0], _MARGIN + sum(sheet.widths), top + heights[0]), fill=0, width=2)
    return page


def _cells(sheet: Sheet, row: Sequence[str | None]) -> list[tuple[int, int, list[str]]]:
    """(start, end, lines) of each cell that is its own."""
    cells: list[tuple[int, int, list[str]]] = []
    x = _MARGIN
    spans: list[tuple[int, int, str]] = []
    for cell, width in zip(row, sheet.widths, strict=True):
        if cell is None:
            spans[-1] = spans[-1][0], x + width, spans[-1][2]
        else:
            spans.append((x, x + width, cell))
        x += width
    for start, end, text in spans:
        columns = max(2, int((end - start - sheet.pixels) / sheet.pixels * 2))
        cells.append((start, end, wrapped(text, columns) or [""]))
    return cells


def _draw_cell(
    draw: ImageDraw.ImageDraw,
    sheet: Sheet,
    box: tuple[int, int, int, int],
    lines: list[str],
    pitch: int,
    *,
    is_head: bool,
) -> None:
    x0, y0, x1, y1 = box
    face, pad = font(sheet.face, sheet.pixels), sheet.pixels // 2
    y = (y0 + y1 - pitch * len(lines)) / 2
    for line in lines:
        width = face.getlength(line)
        x = x0 + pad
        if sheet.centred or (is_head and x1 - x0 > 1.5 * width and sheet.style != "plain"):
            x = round((x0 + x1 - width) / 2)
        elif sheet.numbers_right and line[:1].isdigit():
            x = round(x1 - pad - width)
        draw.text((x, y), line, font=face, fill=0)
        y += pitch
