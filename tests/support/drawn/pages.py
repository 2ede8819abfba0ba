"""Pages of text, and their damage: noise, skew, uneven light, JPEG."""

from __future__ import annotations

import functools
import importlib.util
import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Face = Literal["sans", "serif"]
_FILES: Final = {"sans": "NotoSansSC-Regular.otf", "serif": "NotoSerifSC-Regular.otf"}


@functools.cache
def font(face: Face, pixels: int) -> ImageFont.FreeTypeFont:
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    assert spec
    assert spec.origin
    # The other layout engine fails on characters that a text may hold.
    return ImageFont.truetype(Path(spec.origin).with_name(_FILES[face]), pixels, layout_engine=ImageFont.Layout.BASIC)


def draw_page(lines: Sequence[str], *, face: Face = "sans", dpi: int = 200, points: float = 10.5) -> Image.Image:
    """An A4 page in grey, or the upper part of one that the lines need."""
    pixels = round(points * dpi / 72)
    pitch = int(pixels * 1.65)
    size = round(8.27 * dpi), max(round(1.2 * dpi) + pitch * len(lines), round(4 * dpi))
    page = Image.new("L", size, 255)
    draw = ImageDraw.Draw(page)
    for index, line in enumerate(lines):
        draw.text((round(0.8 * dpi), round(0.6 * dpi) + index * pitch), line, font=font(face, pixels), fill=0)
    return page


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns; a Chinese character takes two."""
    lines, line, used = [], "", 0
    for token in re.findall(r"[!-~]+|\s+|.", " ".join(text.split())):
        columns = sum(2 if character > "\u2e7f" else 1 for character in token)
        if used + columns > width:
            lines.append(line.strip())
            line, used = "", 0
        if line or not token.isspace():
            line, used = line + token, used + columns
    return [*lines, line.strip()] if line.strip() else lines


def noisy(page: Image.Image, *, strength: float = 25, seed: int = 0) -> Image.Image:
    """As a bad scan: grey, soft, with grain, specks and traces of JPEG."""
    random = np.random.default_rng(seed)
    pixels = np.asarray(page.filter(ImageFilter.GaussianBlur(0.8)), float) * 0.75 + 40
    pixels = pixels + random.normal(0, strength, pixels.shape)
    specks = random.random(pixels.shape)
    pixels[specks < 0.002], pixels[specks > 0.998] = 0, 255
    return Image.open(io.BytesIO(encoded(Image.fromarray(pixels.clip(0, 255).astype("uint8")), "JPEG", quality=45)))


def skewed(page: Image.Image, degrees: float) -> Image.Image:
    return page.rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def in_shadow(page: Image.Image, *, darkest: float = 0.15) -> Image.Image:
    """As a photograph: a shadow over one corner, lamp light over the other."""
    pixels = np.asarray(page, float)
    y, x = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]]
    across = x / pixels.shape[1] + 0.4 * y / pixels.shape[0]
    light = darkest + (1 - darkest) * np.clip((across - 0.25) / 0.5, 0, 1)
    return Image.fromarray((pixels * light * 0.92).clip(0, 255).astype("uint8"))


def encoded(page: Image.Image, form: str = "PNG", **options: int) -> bytes:
    stream = io.BytesIO()
    page.save(stream, form, **options)
    return stream.getvalue()


def plain(text: str) -> str:
    """Without blanks and widths: whether a bracket is a wide one cannot be seen."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("•", "·")


def error_rate(expected: str, read: str) -> float:
    """Edits (Levenshtein) per expected character, blanks aside."""
    source, target = plain(expected), np.array(list(plain(read)))
    distances = np.arange(len(target) + 1)
    for index, character in enumerate(source, 1):
        best = np.minimum(distances[1:] + 1, distances[:-1] + (target != character))
        best = np.concatenate([[index], best])
        distances = np.minimum.accumulate(best - np.arange(len(best))) + np.arange(len(best))
    return float(distances[-1]) / len(source)
