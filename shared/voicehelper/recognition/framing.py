"""Pictures in the form in which the detector finds lines: not filled to their edges, and not mostly empty."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from voicehelper.recognition.engine import Reading

_PAD: Final = 64  # pixels; text at the edge of a strip is not found
_MOST_STRETCHED: Final = 3  # times as long as wide
_DARK: Final = 0.7  # of the paper
_MOSTLY_EMPTY: Final = 0.5  # of the page

PixelBox = tuple[int, int, int, int]


def framed(page: Image.Image) -> tuple[Image.Image, int]:
    """Within a border of its own colour where it is small, and how wide that is: the detector finds no text that fills
    a picture, and enlarges a strip until its shorter side has 736 pixels.
    """
    if min(page.size) >= 10 * _PAD:
        return page, 0
    shortest = max(page.size) // _MOST_STRETCHED
    size = max(page.width, shortest) + 2 * _PAD, max(page.height, shortest) + 2 * _PAD
    bordered = Image.new("RGB", size, _border_colour(page))
    bordered.paste(page, (_PAD, _PAD))
    return bordered, _PAD


def _border_colour(page: Image.Image) -> tuple[int, int, int]:
    pixels = np.asarray(page)
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(edges, axis=0))
    return red, green, blue


def content_box(page: Image.Image) -> PixelBox | None:
    """What is darker than paper, with a margin; None for an empty page, and for one that is mostly filled."""
    grey = page.convert("L").filter(ImageFilter.MedianFilter(3))
    limit = _DARK * float(np.median(np.asarray(grey)))
    box = grey.point(lambda value: 255 if value < limit else 0).getbbox()
    if box is None or (box[2] - box[0]) * (box[3] - box[1]) > _MOSTLY_EMPTY * page.width * page.height:
        return None
    return max(0, box[0] - _PAD), max(0, box[1] - _PAD), min(page.width, box[2] + _PAD), min(page.height, box[3] + _PAD)


def moved(reading: Reading, right: int, down: int) -> Reading:
    if not right and not down:
        return reading
    a, b, c, d = ((x + right, y + down) for x, y in reading.corners)
    characters = tuple(
        (text, score, (x0 + right, y0 + down, x1 + right, y1 + down))
        for text, score, (x0, y0, x1, y1) in reading.characters
    )
    return Reading(reading.text, (a, b, c, d), reading.confidence, characters)
