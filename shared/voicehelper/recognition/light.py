"""Evens out the light of photographed pages, so that lines in a shadow are found; called by ``builtin``."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PIL import Image, ImageFilter

_BLOCK: Final = 32  # pixels; wider than strokes and narrower than shadows
_PAPER_PERCENTILE: Final = 85
_UNEVEN: Final = 40.0  # grey levels between the darkest and the lightest part of the paper
_DARKEST_PAPER: Final = 24.0  # darker blocks are no paper in a shadow: they would become noise


def evened(page: Image.Image) -> Image.Image | None:
    """Each pixel divided by the paper's brightness around it; None where the light is even already."""
    grey = np.asarray(page.convert("L"))
    paper = _paper(grey)
    low, high = np.percentile(paper, (5, 95))
    if high - low < _UNEVEN:
        return None
    # Closed: what is dark and small, as a heading on colour, is not the light.
    closed = Image.fromarray(paper).filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3))
    blurred = closed.filter(ImageFilter.GaussianBlur(1))
    around = np.asarray(blurred.resize(page.size, Image.Resampling.BICUBIC), "float32")
    pixels = np.asarray(page, "float32") * (235.0 / np.maximum(around, _DARKEST_PAPER))[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype("uint8"))


def _paper(grey: Any) -> Any:
    """The brightness of the paper, one value a block."""
    height, width = grey.shape
    padded = np.pad(grey, ((0, -height % _BLOCK), (0, -width % _BLOCK)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // _BLOCK, _BLOCK, -1, _BLOCK).swapaxes(1, 2)
    flat = blocks.reshape(*blocks.shape[:2], -1)
    return np.percentile(flat[..., ::4], _PAPER_PERCENTILE, axis=-1).astype("uint8")
