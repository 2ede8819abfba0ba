"""The size of a picture by its header, before anything is decompressed.

Entry function: ``pixel_size``, called by ``pictures``, and for pictures inside of other files.
"""

from __future__ import annotations

import struct


def pixel_size(content: bytes) -> tuple[int, int] | None:
    """(width, height) from the first bytes of a PNG, JPEG, GIF, BMP, WebP or TIFF."""
    try:
        return _size(content)
    except (struct.error, IndexError):
        return None


def _size(content: bytes) -> tuple[int, int] | None:
    if content.startswith(b"\x89PNG"):
        return _pair(">II", content, 16) if content[12:16] == b"IHDR" else None
    if content.startswith(b"GIF8"):
        return _pair("<HH", content, 6)
    if content.startswith(b"BM"):
        width, height = _pair("<ii", content, 18)
        return abs(width), abs(height)
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    if content.startswith(b"RIFF"):
        return _webp(content)
    return _tiff(content)


def _pair(layout: str, content: bytes, at: int) -> tuple[int, int]:
    first, second = struct.unpack_from(layout, content, at)
    return first, second


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame header (SOF0 … SOF15 but DHT, JPG and DAC)."""
    at = 2
    while at < len(content):
        marker, length = struct.unpack_from(">HH", content, at)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = _pair(">HH", content, at + 5)
            return width, height
        at += 2 + length
    return None


def _webp(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = _pair("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF


def _tiff(content: bytes) -> tuple[int, int] | None:
    """Tags 256 and 257, width and height, of the first image file directory."""
    byte_order = "<" if content.startswith(b"II") else ">"
    (directory,) = struct.unpack_from(f"{byte_order}I", content, 4)
    (count,) = struct.unpack_from(f"{byte_order}H", content, directory)
    size = {}
    for entry in range(min(count, 200)):
        at = directory + 2 + 12 * entry
        tag, kind = struct.unpack_from(f"{byte_order}HH", content, at)
        if tag in (256, 257):
            (size[tag],) = struct.unpack_from(f"{byte_order}{'H' if kind == 3 else 'I'}", content, at + 8)
    return (size[256], size[257]) if len(size) == 2 else None
