from __future__ import annotations

import struct

import pytest
from voicehelper.recognition.picture_size import pixel_size

WEBP = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
TIFF = struct.pack("<2sHIHHHIIHHII", b"II", 42, 8, 2, 256, 4, 1, 640, 257, 4, 1, 480)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">II", 640, 480),
        b"GIF89a" + struct.pack("<HH", 640, 480),
        b"BM" + bytes(16) + struct.pack("<ii", 640, -480),
        b"\xff\xd8\xff\xe0\0\x02\xff\xc0\0\x0b\x08" + struct.pack(">HH", 480, 640),
        WEBP,
        TIFF,
    ],
    ids=["png", "gif", "bmp", "jpeg", "webp", "tiff"],
)
def test_the_size_is_read_from_the_header(content: bytes) -> None:
    assert pixel_size(content) == (640, 480)


def test_a_cut_header_has_no_size() -> None:
    assert pixel_size(b"\x89PNG\r\n\x1a\n\0\0") is None
