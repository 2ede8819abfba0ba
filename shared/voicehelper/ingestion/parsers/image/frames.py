"""Decodes picture files: the pages of a TIFF, the one page of every other picture, upright as its camera says.

``open_frame`` is the entry for whoever draws a page, ``frame_sizes`` for the parser.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsers.image.picture_size import MAX_PIXELS, pixel_size

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FRAMES: Final = 1000
_FORMATS: Final = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_ORIENTATION: Final = 0x0112
_ON_SIDE: Final = (5, 6, 7, 8)
_WHITE: Final = (255, 255, 255)


def frame_sizes(content: bytes) -> list[tuple[int, int]]:
    """(width, height) of each page, upright. One for all but TIFF: the frames of an animation are no pages."""
    picture, sizes = _open(content), []
    for number in range(_frame_count(picture)):
        picture.seek(number)
        _require_bounded(picture.size)
        is_turned = picture.getexif().get(_ORIENTATION) in _ON_SIDE
        sizes.append(picture.size[::-1] if is_turned else picture.size)
    return sizes


def _frame_count(picture: Image) -> int:
    return min(getattr(picture, "n_frames", 1), MAX_FRAMES) if picture.format == "TIFF" else 1


def open_frame(content: bytes, number: int) -> Image:
    """Frame ``number`` from 1 as RGB, what is transparent as white. RejectedError: page_not_found, image_too_large."""
    from PIL import ImageOps

    picture = _open(content)
    if not 1 <= number <= _frame_count(picture):
        raise RejectedError("page_not_found")
    picture.seek(number - 1)
    _require_bounded(picture.size)
    picture = ImageOps.exif_transpose(picture) or picture
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        return _on_white(picture.convert("RGBA"))
    if picture.mode.startswith(("I", "F")):  # 16 bits and more: Pillow would cut them off
        return _in_8_bits(picture).convert("RGB")
    return picture.convert("RGB")


def _open(content: bytes) -> Image:
    import PIL.Image

    size = pixel_size(content)
    if size is None:
        raise RejectedError("corrupt", "no size in its header")
    _require_bounded(size)
    PIL.Image.MAX_IMAGE_PIXELS = None  # the bound is ours, and of every frame
    return PIL.Image.open(io.BytesIO(content), formats=_FORMATS)


def _require_bounded(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise RejectedError("image_too_large", f"{size[0]} x {size[1]}")


def _on_white(picture: Image) -> Image:
    import PIL.Image

    ground = PIL.Image.new("RGB", picture.size, _WHITE)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _in_8_bits(picture: Image) -> Image:
    least, most = (float(value) for value in picture.getextrema())  # type: ignore[arg-type]
    scale = 255 / (most - least) if most > least else 0.0
    return picture.convert("F").point(lambda value: value * scale - least * scale).convert("L")
