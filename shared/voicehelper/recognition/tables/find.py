"""``tables_of``: what is drawn first, then what stands in columns outside of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image

from voicehelper.recognition.lines import Placed
from voicehelper.recognition.tables.ruled import Bounds, Table, ruled_tables
from voicehelper.recognition.tables.rulings import ink_of, rulings_of
from voicehelper.recognition.tables.unruled import unruled_tables
from voicehelper.shapes.recognition import Box, RecognisedTable


def tables_of(page: Image.Image, lines: Sequence[Placed], slope: float) -> tuple[RecognisedTable, ...]:
    """From top to bottom."""
    if not lines:
        return ()
    ink = ink_of(page, slope)
    ruled = ruled_tables(lines, rulings_of(ink, lines))
    rest = [line for line in lines if not any(_is_inside(line, table.bounds) for table in ruled)]
    tables = sorted([*ruled, *unruled_tables(rest, ink)], key=lambda table: table.bounds[1])
    return tuple(_recognised(table, page.size, slope) for table in tables)


def _is_inside(line: Placed, bounds: Bounds) -> bool:
    x0, y0, x1, y1 = bounds
    return y0 < line.centre < y1 and line.x1 > x0 and line.x0 < x1


def _recognised(table: Table, size: tuple[int, int], slope: float) -> RecognisedTable:
    angle = math.atan(slope)
    sine, cosine = math.sin(angle), math.cos(angle)
    x0, y0, x1, y1 = table.bounds
    corners = [(x * cosine - y * sine, x * sine + y * cosine) for x in (x0, x1) for y in (y0, y1)]
    xs, ys = [x / size[0] for x, _ in corners], [y / size[1] for _, y in corners]
    box = Box(*(round(min(1.0, max(0.0, value)), 5) for value in (min(xs), min(ys), max(xs), max(ys))))
    return RecognisedTable(tuple(tuple(row) for row in table.rows), box)
