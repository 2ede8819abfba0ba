"""PDFium's C functions that run once per word or path, bound so that a call costs as little as possible.

``words`` and ``strokes`` call them with addresses from ``address_of``.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]


def address_of(pointer: Any) -> int:
    return int(ctypes.cast(pointer, ctypes.c_void_p).value or 0)


def _bind(function: Any, result: Any, *arguments: Any) -> Any:
    """The same C function, taking addresses as integers and keeping the GIL: both cost more than the call itself."""
    return ctypes.PYFUNCTYPE(result, *arguments)(address_of(function))


_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
get_character_box = _bind(pdfium.FPDFText_GetLooseCharBox, _INT, _POINTER, _INT, _POINTER)
get_font_weight = _bind(pdfium.FPDFText_GetFontWeight, _INT, _POINTER, _INT)
get_object = _bind(pdfium.FPDFPage_GetObject, _POINTER, _POINTER, _INT)
get_object_type = _bind(pdfium.FPDFPageObj_GetType, _INT, _POINTER)
count_segments = _bind(pdfium.FPDFPath_CountSegments, _INT, _POINTER)
get_bounds = _bind(pdfium.FPDFPageObj_GetBounds, _INT, *[_POINTER] * 5)
