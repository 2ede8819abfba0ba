"""One stand-in for every font that a PDF names without embedding it, so that text does not depend on the machine.

PDFium reads characters by their codes, but leaves out a glyph for which the installed fonts have no shape: Chinese set
glyph by glyph vanishes where no Chinese font is installed. The stand-in draws a box for every character.

Entry function: ``use_stand_in_font``, called by ``document`` before it opens a file.
"""

from __future__ import annotations

import ctypes
import functools
import struct
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

_UNITS = 1000  # per em
_HANDLE = 1
_LAST_CHARACTER = 0x10FFFF
_ANSI_CHARSET = 0


@functools.cache
def use_stand_in_font() -> Any:
    """Tell PDFium, once per process. The result is kept: PDFium calls into it as long as the process lives."""
    info = pdfium.FPDF_SYSFONTINFO()
    info.version = 2  # asks for no list of installed fonts
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)
    for name, call in _CALLS.items():
        setattr(info, name, kinds[name](call))
    pdfium.FPDF_SetSystemFontInfo(info)
    return info


def _map_font(_: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any) -> int | None:  # noqa: ARG001
    """None leaves Latin text to the fonts that PDFium brings along."""
    return None if charset == _ANSI_CHARSET else _HANDLE


def _font_data(_: Any, font: Any, table: int, buffer: Any, size: int) -> int:  # noqa: ARG001
    """The bytes of a table, or of the whole file for 0; how many there are, where ``size`` is too small."""
    content = _font_file() if table == 0 else _tables().get(struct.pack(">I", table), b"")
    if buffer and size >= len(content):
        ctypes.memmove(buffer, content, len(content))
    return len(content)


_CALLS: dict[str, Any] = {
    "Release": lambda *_: None,
    "MapFont": _map_font,
    "GetFont": lambda *_: None,
    "GetFontData": _font_data,
    "GetFaceName": lambda *_: 0,
    "GetFontCharset": lambda *_: 1,  # the default
    "DeleteFont": lambda *_: None,
}


@functools.cache
def _font_file() -> bytes:
    """A TrueType file of two glyphs, none and a box. Source: OpenType, "Organization of an OpenType font"."""
    tables = _tables()
    offset = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, content in sorted(tables.items()):
        padded = content + bytes(-len(content) % 4)
        directory += tag + struct.pack(">III", _checksum(padded), offset + len(body), len(content))
        body += padded
    return struct.pack(">IHHHH", 0x00010000, len(tables), 128, 3, 16 * len(tables) - 128) + directory + body


def _checksum(content: bytes) -> int:
    total: int = sum(struct.unpack(f">{len(content) // 4}I", content))
    return total & 0xFFFFFFFF


@functools.cache
def _tables() -> dict[bytes, bytes]:
    box = _box()
    return {
        b"cmap": _character_map(),
        b"glyf": box,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _UNITS, 0, 0, 0, -120, _UNITS, 880, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 880, -120, 0, _UNITS, 0, 0, _UNITS, 1, *[0] * 7, 2),
        b"hmtx": struct.pack(">HhHh", _UNITS, 0, _UNITS, 0),
        b"loca": struct.pack(">III", 0, 0, len(box)),
        b"maxp": struct.pack(">IHHH", 0x10000, 2, 4, 1) + struct.pack(">11H", 0, 0, 1, *[0] * 8),
        b"name": _names(),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }


def _box() -> bytes:
    """A glyph of one contour with four points, all on the curve."""
    left, bottom, right, top = 50, -100, 950, 860
    head = struct.pack(">hhhhh", 1, left, bottom, right, top) + struct.pack(">HH", 3, 0)
    across = struct.pack(">hhhh", left, 0, right - left, 0)
    upwards = struct.pack(">hhhh", bottom, top - bottom, 0, bottom - top)
    return head + bytes([1, 1, 1, 1]) + across + upwards + bytes(2)


def _character_map() -> bytes:
    """Format 13: every character has the same glyph, control characters too, or they would vanish unnoticed."""
    groups = struct.pack(">III", 0x01, 0x1F, 1) + struct.pack(">III", 0x21, _LAST_CHARACTER, 1)
    subtable = struct.pack(">HHIII", 13, 0, 16 + len(groups), 0, 2) + groups
    return struct.pack(">HH", 0, 1) + struct.pack(">HHI", 0, 6, 12) + subtable


def _names() -> bytes:
    text = "Stand-in".encode("utf-16-be")
    records = b"".join(struct.pack(">HHHHHH", 3, 1, 0x409, name, len(text), 0) for name in (1, 2, 4, 6))
    return struct.pack(">HHH", 0, 4, 6 + len(records)) + records + text
