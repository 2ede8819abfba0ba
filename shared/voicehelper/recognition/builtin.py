"""``BuiltinRecognizer``: PP-OCRv6 in this process, without a network. Hostile pictures belong into a child process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from voicehelper.recognition.engine import Engine, Reading
from voicehelper.recognition.light import evened
from voicehelper.recognition.lines import Row, in_rows, placed, slope_of
from voicehelper.recognition.pictures import decode
from voicehelper.recognition.tables.find import tables_of
from voicehelper.recognition.turning import Upright, confidence, read_upright
from voicehelper.shapes.recognition import RecognisedPage

MAX_SIDE: Final = 2000  # pixels; A4 at 170 dpi. The models were measured with no more
_MIN_CONFIDENCE: Final = 0.5  # lines below it are mostly not text
_PAD: Final = 64  # text at the edge of a strip is not found


class BuiltinRecognizer:
    name = "builtin"

    def __init__(self) -> None:
        self._engine = Engine()

    def load(self) -> None:
        """The models, before a picture: what forks then shares them."""
        self._engine.load()

    def recognise(self, picture: bytes, *, language: str, tables: bool) -> RecognisedPage:  # noqa: ARG002 - one for both
        return self.recognise_frame(picture, 0, tables=tables)

    def recognise_frame(self, picture: bytes, frame: int, *, tables: bool) -> RecognisedPage:
        """The same of one page of a TIFF; ``frame`` counts from 0. The models read both languages."""
        page = decode(picture, max_side=MAX_SIDE, frame=frame)
        upright = read_upright(evened(page) or page, self._read)
        return page_of(upright, number=frame + 1, tables=tables)

    def _read(self, page: Image.Image) -> list[Reading]:
        framed, offset = _framed(page)
        return [_moved(reading, offset) for reading in self._engine.read(np.asarray(framed))]


def page_of(upright: Upright, *, number: int, tables: bool) -> RecognisedPage:
    readings = [reading for reading in upright.readings if reading.confidence >= _MIN_CONFIDENCE]
    slope = slope_of(readings)
    places = placed(readings, upright.page.size, slope)
    rows = in_rows(places)
    return RecognisedPage(
        number,
        lines=tuple(line.line for row in rows for line in row),
        tables=tables_of(upright.page, places, slope) if tables else (),
        confidence=round(confidence(readings), 4),
        rotation=upright.rotation,
        text=_text(rows),
    )


def _text(rows: Sequence[Row]) -> str:
    return "\n".join(" ".join(line.line.text for line in row) for row in rows)


def _framed(page: Image.Image) -> tuple[Image.Image, int]:
    """Within a border of its own colour where it is a strip: the detector finds no text that fills a picture."""
    if min(page.size) >= 10 * _PAD:
        return page, 0
    framed = Image.new("RGB", (page.width + 2 * _PAD, page.height + 2 * _PAD), _border_colour(page))
    framed.paste(page, (_PAD, _PAD))
    return framed, _PAD


def _border_colour(page: Image.Image) -> tuple[int, int, int]:
    pixels = np.asarray(page)
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(edges, axis=0))
    return red, green, blue


def _moved(reading: Reading, offset: int) -> Reading:
    if not offset:
        return reading
    a, b, c, d = ((x - offset, y - offset) for x, y in reading.corners)
    characters = tuple(
        (text, score, (x0 - offset, y0 - offset, x1 - offset, y1 - offset))
        for text, score, (x0, y0, x1, y1) in reading.characters
    )
    return Reading(reading.text, (a, b, c, d), reading.confidence, characters)
