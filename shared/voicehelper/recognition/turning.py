"""Turns pages upright, by the shape of their lines and by how sure the recogniser is; no classifier of angles is used,
because those turn lines of English that were right.

Entry function: ``read_upright``, called by ``builtin``. A page reads at a confidence of .98, and of .6 upside down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from voicehelper.recognition.engine import Reading

SURE: Final = 0.85
_TALL: Final = 1.5
_BAND: Final = 0.22  # of the page's height, read upside down to compare
_FEW: Final = 12  # lines; a page of fewer is compared whole

Reader = Callable[[Image.Image], list[Reading]]


@dataclass(frozen=True, slots=True)
class Upright:
    page: Image.Image
    rotation: int  # degrees clockwise that the picture was turned by
    readings: list[Reading]


def read_upright(page: Image.Image, read: Reader) -> Upright:
    """One reading for a page that is upright, two for one that is not, and a band of one where that is in doubt."""
    first = Upright(page, 0, read(page))
    on_side, sure = lies_on_side(first.readings), confidence(first.readings) >= SURE
    if on_side:
        # The engine turns tall lines to the left before it reads them, so it reads those that run downwards.
        return _turned(page, 270 if sure else 90, read)
    if sure or not first.readings:
        return first
    band = page if len(first.readings) < _FEW else _fullest_band(page, first.readings)
    if confidence(_turned(band, 180, read).readings) < confidence(first.readings):
        return first
    return max(_turned(page, 180, read), first, key=lambda way: confidence(way.readings))


def confidence(readings: Sequence[Reading]) -> float:
    """The mean of lines weighted by their length; 0 without lines."""
    weight = sum(len(reading.text) for reading in readings)
    return sum(reading.confidence * len(reading.text) for reading in readings) / weight if weight else 0.0


def lies_on_side(readings: Sequence[Reading]) -> bool:
    """Whether more length is in lines that are clearly higher than wide."""
    tall = wide = 0.0
    for reading in readings:
        xs, ys = zip(*reading.corners, strict=True)
        across, down = max(xs) - min(xs), max(ys) - min(ys)
        if down > _TALL * across:
            tall += down
        elif across > _TALL * down:
            wide += across
    return tall > wide


def _fullest_band(page: Image.Image, readings: Sequence[Reading]) -> Image.Image:
    size = _BAND * page.height
    tops = [min(y for _, y in reading.corners) for reading in readings]
    start = max(tops, key=lambda top: sum(top <= other <= top + size for other in tops))
    return page.crop((0, max(0, int(start) - 10), page.width, min(page.height, int(start + size))))


def _turned(page: Image.Image, clockwise: int, read: Reader) -> Upright:
    turned = page.rotate(-clockwise, expand=True)
    return Upright(turned, clockwise, read(turned))
