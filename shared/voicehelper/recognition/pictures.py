"""Decodes pictures within bounds; everything here runs on hostile bytes, so it belongs into a child process.

Entry functions: ``frames`` and ``decode``. Formats are told by content: JPEG, PNG, WebP and TIFF.
"""

from __future__ import annotations

import io
import struct
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from voicehelper.errors import RejectedError
from voicehelper.recognition.protocol import MAX_PICTURE_BYTES, MAX_PIXELS

FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF")
_MIN_SIDE: Final = 4
_DEEP: Final = ("I", "I;16", "I;16L", "I;16B", "F")  # more than 8 bits a pixel: convert would cut them, not scale
_DAMAGED: Final = (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError, struct.error,
                   OverflowError, ZeroDivisionError, RuntimeError)  # fmt: skip

Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS is the bound, and is an error with a code


def frames(picture: bytes) -> int:
    """Pages of a TIFF; 1 for everything else. RejectedError ``animated``, and what ``Recognizer`` raises."""
    with _opened(picture) as image:
        return _frame_count(image)


def decode(picture: bytes, *, max_side: int, frame: int = 0) -> Image.Image:
    """RGB on white, upright as its EXIF says, and no larger than ``max_side``."""
    with _opened(picture) as image:
        try:
            _frame_count(image)
            image.seek(frame)
            _check_size(image)
            image.draft("RGB", (max_side, max_side))  # a JPEG is decoded at a fraction of its size
            return _flat(ImageOps.exif_transpose(_reduced(image, max_side)))
        except _DAMAGED as error:
            raise RejectedError("corrupt", repr(error)) from error


def _opened(picture: bytes) -> Image.Image:
    if not picture:
        raise RejectedError("empty_file")
    if len(picture) > MAX_PICTURE_BYTES:
        raise RejectedError("image_too_large", f"{len(picture)} bytes")
    try:
        image = Image.open(io.BytesIO(picture), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise RejectedError("corrupt" if _signed(picture) else "unsupported_type", str(error)) from error
    except _DAMAGED as error:
        raise RejectedError("corrupt", repr(error)) from error
    _check_size(image)
    return image


def _signed(picture: bytes) -> bool:
    head = picture[:12]
    return head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*")) or head[8:] == b"WEBP"


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise RejectedError("image_too_large", f"{width} x {height}")
    if min(width, height) < _MIN_SIDE:
        raise RejectedError("corrupt", f"{width} x {height}")


def _frame_count(image: Image.Image) -> int:
    try:
        count = int(getattr(image, "n_frames", 1))
    except _DAMAGED as error:
        raise RejectedError("corrupt", repr(error)) from error
    if count > 1 and image.format != "TIFF":
        raise RejectedError("animated", f"{count} frames")
    return count


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
    import numpy as np

    values = np.asarray(image, "float32")
    low, high = float(values.min()), float(values.max())
    return Image.fromarray(((values - low) * (255.0 / max(high - low, 1.0))).astype("uint8"))


def _flat(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")
