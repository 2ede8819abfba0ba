"""``BuiltinRecognizer``: PP-OCRv6 in this process, without a network. Hostile pictures belong into a child process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from voicehelper.recognition import framing
from voicehelper.recognition.engine import Engine, Reading
from voicehelper.recognition.light import evened
from voicehelper.recognition.lines import Row, in_rows, placed, slope_of, without_echoes
from voicehelper.recognition.pictures import decode
from voicehelper.recognition.protocol import BUILTIN
from voicehelper.recognition.tables.find import tables_of
from voicehelper.recognition.turning import Upright, confidence, read_upright
from voicehelper.shapes.recognition import RecognisedPage

MAX_SIDE: Final = 2000  # pixels; A4 at 170 dpi. The models were measured with no more
_MIN_CONFIDENCE: Final = 0.5  # lines below it are mostly not text
_SPARSE: Final = 2  # lines


class BuiltinRecognizer:
    name = BUILTIN

    def __init__(self) -> None:
        self._engine = Engine()

    def load(self) -> None:
        """The models, before a picture: what forks then shares them."""
        self._engine.load()

    def recognise(self, picture: bytes, *, language: str, tables: bool) -> RecognisedPage:  # noqa: ARG002 - one for both
        return self.recognise_picture(decode(picture, max_side=MAX_SIDE), number=1, tables=tables)

    def recognise_picture(self, page: Image.Image, *, number: int, tables: bool) -> RecognisedPage:
        """The same of a picture in RGB, of no more than MAX_SIDE. The models read both languages."""
        upright = read_upright(evened(page) or page, self._read)
        return page_of(upright, number=number, tables=tables)

    def _read(self, page: Image.Image) -> list[Reading]:
        readings = self._read_once(page)
        return readings if len(readings) > _SPARSE else max(self._read_closer(page), readings, key=_characters)

    def _read_once(self, page: Image.Image) -> list[Reading]:
        framed, offset = framing.framed(page)
        return [framing.moved(reading, -offset, -offset) for reading in self._engine.read(np.asarray(framed))]

    def _read_closer(self, page: Image.Image) -> list[Reading]:
        """Some words on an empty page are not found; they are without the emptiness."""
        box = framing.content_box(page)
        if box is None:
            return []
        return [framing.moved(reading, box[0], box[1]) for reading in self._read_once(page.crop(box))]


def _characters(readings: Sequence[Reading]) -> int:
    return sum(len(reading.text) for reading in readings)


def page_of(upright: Upright, *, number: int, tables: bool) -> RecognisedPage:
    sure = [reading for reading in upright.readings if reading.confidence >= _MIN_CONFIDENCE]
    readings = without_echoes(sure)
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
