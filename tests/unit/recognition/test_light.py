"""Uneven light is evened out, and even light is left alone."""

from __future__ import annotations

import numpy as np
from PIL import Image
from voicehelper.recognition.light import evened

from tests.support.drawn.pages import draw_page, in_shadow


def paper(page: Image.Image) -> tuple[float, float]:
    """Brightness of the paper at the left and the right edge."""
    grey = np.asarray(page.convert("L"), float)
    return float(np.median(grey[:, :60])), float(np.median(grey[:, -60:]))


def test_a_shadow_goes_and_the_text_stays() -> None:
    shaded = in_shadow(draw_page(["A line in the shadow and in the light"], dpi=100)).convert("RGB")

    page = evened(shaded)

    assert page is not None
    dark, light = paper(shaded)
    left, right = paper(page)
    assert light - dark > 100
    assert abs(right - left) < 40
    assert np.asarray(page).min() < 60


def test_a_scan_in_even_light_is_left_alone() -> None:
    assert evened(draw_page(["A line"], dpi=100).convert("RGB")) is None
