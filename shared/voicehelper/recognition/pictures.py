"""Decodes pictures within bounds; everything here runs on hostile bytes, so it belongs into a child process.

Entry functions: ``frames``, ``frame_sizes`` and ``decode``. Formats are told by content. What callers send to be read
is one of four (``SENT``); what is kept as a document may be of two more, and of an animation it is the first frame
(``STORED``).
"""

from __future__ import annotations

import io
import math
import struct
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from voicehelper.errors import RejectedError
from voicehelper.recognition.picture_size import pixel_size
from voicehelper.recognition.protocol import MAX_PICTURE_BYTES, MAX_PIXELS


@dataclass(frozen=True, slots=True)
class Kinds:
    formats: tuple[str, ...]
    animated: bool  # of an animation the first frame is read
    least_side: int
    most_bytes: float


_FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF")
SENT: Final = Kinds(_FORMATS, animated=False, least_side=4, most_bytes=MAX_PICTURE_BYTES)
STORED: Final = Kinds((*_FORMATS, "BMP", "GIF"), animated=True, least_side=1, most_bytes=math.inf)
_ORIENTATION: Final = 0x0112
_ON_SIDE: Final = (5, 6, 7, 8)
_DEEP: Final = ("I", "I;16", "I;16L", "I;16B", "F")  # more than 8 bits a pixel: convert would cut them, not scale
_DAMAGED: Final = (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError, struct.error,
                   OverflowError, ZeroDivisionError, RuntimeError)  # fmt: skip

Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS is the bound, and is an error with a code


def frames(picture: bytes, kinds: Kinds = SENT) -> int:
    """Pages of a TIFF; 1 for everything else. RejectedError ``animated``, and what ``Recognizer`` raises."""
    with _opened(picture, kinds) as image:
        return _frame_count(image, kinds)


def frame_sizes(picture: bytes, kinds: Kinds, *, most: int) -> list[tuple[int, int]]:
    """(width, height) of the first ``most`` pages, upright, by their headers."""
    with _opened(picture, kinds) as image:
        try:
            return [_upright_size(image, frame, kinds) for frame in range(min(most, _frame_count(image, kinds)))]
        except _DAMAGED as error:
            raise RejectedError("corrupt", repr(error)) from error


def _upright_size(image: Image.Image, frame: int, kinds: Kinds) -> tuple[int, int]:
    image.seek(frame)
    _check_size(image, kinds)
    width, height = image.size
    return (height, width) if image.getexif().get(_ORIENTATION) in _ON_SIDE else (width, height)


def decode(
    picture: bytes, *, max_side: float = math.inf, most_pixels: float = math.inf, frame: int = 0, kinds: Kinds = SENT
) -> Image.Image:
    """RGB on white, upright as its EXIF says, and no larger than ``max_side`` and ``most_pixels``."""
    with _opened(picture, kinds) as image:
        try:
            _frame_count(image, kinds)
            image.seek(frame)
            _check_size(image, kinds)
            width, height = image.size
            share = math.sqrt(most_pixels / (width * height))
            side = int(min(max_side, max(width, height) * share - 1 if share < 1 else max(width, height)))
            image.draft("RGB", (side, side))  # a JPEG is decoded at a fraction of its size
            return _flat(ImageOps.exif_transpose(_reduced(image, side)))
        except _DAMAGED as error:
            raise RejectedError("corrupt", repr(error)) from error


def _opened(picture: bytes, kinds: Kinds) -> Image.Image:
    if not picture:
        raise RejectedError("empty_file")
    if len(picture) > kinds.most_bytes:
        raise RejectedError("image_too_large", f"{len(picture)} bytes")
    _check_pixels(pixel_size(picture) or (0, 0))
    try:
        image = Image.open(io.BytesIO(picture), formats=kinds.formats)
    except UnidentifiedImageError as error:
        raise RejectedError("corrupt" if _signed(picture) else "unsupported_type", str(error)) from error
    except _DAMAGED as error:
        raise RejectedError("corrupt", repr(error)) from error
    _check_size(image, kinds)
    return image


def _signed(picture: bytes) -> bool:
    head = picture[:12]
    return head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*")) or head[8:] == b"WEBP"


def _check_size(image: Image.Image, kinds: Kinds) -> None:
    _check_pixels(image.size)
    if min(image.size) < kinds.least_side:
        raise RejectedError("corrupt", f"{image.width} x {image.height}")


def _check_pixels(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise RejectedError("image_too_large", f"{size[0]} x {size[1]}")


def _frame_count(image: Image.Image, kinds: Kinds) -> int:
    try:
        count = int(getattr(image, "n_frames", 1))
    except _DAMAGED as error:
        raise RejectedError("corrupt", repr(error)) from error
    if count <= 1 or image.format == "TIFF":
        return count
    if not kinds.animated:
        raise RejectedError("animated", f"{count} frames")
    return 1


def _reduced(image: Image.Image, max_side: int) -> Image.Image:
    """Decoded, and reduced before other modes of it are made: they may take four times its bytes."""
    image.load()
    if image.mode == "P":  # colours of a palette cannot be averaged
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode in _DEEP:
        image = _eight_bits(image)
    scale = max_side / max(image.size)
    if scale < 1:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        exif = image.getexif()
        image = (image.convert("L") if image.mode == "1" else image).resize(
            size, Image.Resampling.LANCZOS, reducing_gap=2.0
        )
        image.getexif().update(exif)
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    scale = 255.0 / max(high - low, 1.0)
    return image.convert("F").point(lambda value: value * scale - low * scale).convert("L")


def _flat(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")
