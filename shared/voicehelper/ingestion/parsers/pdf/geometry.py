"""Boxes on a page as it is shown: points from its upper left corner, whatever way the page is rotated.

Entry function: ``page_transform``; ``words`` and ``strokes`` apply the transform to what PDFium measures.
"""

from __future__ import annotations

from collections.abc import Callable

Box = tuple[float, float, float, float]  # left, top, right, bottom
Transform = Callable[[float, float, float, float], Box]


def page_transform(rotation: int, left: float, bottom: float, right: float, top: float) -> Transform:
    """From PDF space (origin below left, y upwards) to the shown page (origin above left, y downwards).

    ``left`` … ``top`` are the page's media box, ``rotation`` the clockwise turn in degrees that sets text upright.
    """

    def transform(x0: float, y0: float, x1: float, y1: float) -> Box:
        if rotation == 90:
            return y0 - bottom, x0 - left, y1 - bottom, x1 - left
        if rotation == 180:
            return right - x1, y0 - bottom, right - x0, y1 - bottom
        if rotation == 270:
            return top - y1, right - x1, top - y0, right - x0
        return x0 - left, top - y1, x1 - left, top - y0

    return transform
