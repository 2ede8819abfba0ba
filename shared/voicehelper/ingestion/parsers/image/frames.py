"""Pages of picture files: those of a TIFF, the one of every other picture, upright as its camera says.

``open_frame`` is the entry for whoever draws a page, ``sizes_of_frames`` for the parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from voicehelper.errors import RejectedError
from voicehelper.recognition.pictures import STORED, decode, frame_sizes, frames

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FRAMES: Final = 1000


def sizes_of_frames(content: bytes) -> list[tuple[int, int]]:
    """(width, height) of each page."""
    return frame_sizes(content, STORED, most=MAX_FRAMES)


def open_frame(content: bytes, number: int, *, most_pixels: int) -> Image:
    """Page ``number`` from 1 as RGB, what is transparent as white. RejectedError: page_not_found, image_too_large."""
    if not 1 <= number <= min(MAX_FRAMES, frames(content, STORED)):
        raise RejectedError("page_not_found")
    return decode(content, most_pixels=most_pixels, frame=number - 1, kinds=STORED)
