"""Pictures of all kinds, good and hostile, before anything is recognised."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from voicehelper.errors import RejectedError
from voicehelper.recognition.pictures import decode, frames

from tests.support.drawn.pages import encoded


def png_that_says(width: int, height: int) -> bytes:
    """A header of this size over a thousand pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def several(form: str, count: int = 2) -> bytes:
    stream = io.BytesIO()
    colours = [Image.new("RGB", (40, 60), (90 * index, 0, 0)) for index in range(count)]
    colours[0].save(stream, form, save_all=True, append_images=colours[1:])
    return stream.getvalue()


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (b"", "empty_file"),
        (b"%!PS-Adobe", "unsupported_type"),
        (several("GIF"), "unsupported_type"),
        (encoded(Image.new("L", (90, 90)))[:50], "corrupt"),
        (encoded(Image.effect_noise((90, 90), 9), "JPEG")[:400], "corrupt"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 80, "corrupt"),
        (png_that_says(60_000, 60_000), "image_too_large"),
        (png_that_says(5_000, 5_000), "corrupt"),
        (encoded(Image.new("L", (2, 2))), "corrupt"),
        (several("PNG"), "animated"),
        (several("WEBP"), "animated"),
    ],
    ids=["empty", "postscript", "gif", "cut png", "cut jpeg", "noise", "bomb", "lie", "dot", "apng", "webp"],
)
def test_what_is_no_still_picture_is_refused_with_a_reason(picture: bytes, reason: str) -> None:
    with pytest.raises(RejectedError) as caught:
        decode(picture, max_side=500)

    assert caught.value.reason == reason


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_the_four_formats_are_read_and_reduced(form: str) -> None:
    picture = decode(encoded(Image.new("RGB", (900, 300), "teal"), form), max_side=300)

    assert (picture.mode, picture.size) == ("RGB", (300, 100))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16", "LA"])
def test_every_mode_becomes_colours_on_white(mode: str) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    stretched = Image.new("L", (8, 8), 0).convert(mode if mode != "I;16" else "I").convert(mode)

    picture = decode(encoded(stretched, form), max_side=300)

    assert (picture.mode, picture.size) == ("RGB", (8, 8))


def test_what_is_transparent_is_white() -> None:
    assert decode(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0))), max_side=9).getpixel((4, 4)) == (255, 255, 255)


def test_a_photograph_is_turned_as_its_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stream = io.BytesIO()
    Image.new("RGB", (300, 100)).save(stream, "JPEG", exif=exif)

    assert decode(stream.getvalue(), max_side=150).size == (50, 150)


def test_pages_of_a_tiff_are_counted_and_read_one_by_one() -> None:
    picture = several("TIFF", 3)

    assert frames(picture) == 3
    assert [decode(picture, max_side=90, frame=index).getpixel((0, 0)) for index in range(3)] == [
        (0, 0, 0),
        (90, 0, 0),
        (180, 0, 0),
    ]
