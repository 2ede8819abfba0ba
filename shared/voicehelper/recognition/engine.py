"""``Engine``: detection and recognition of lines by PP-OCRv6, in the native code of rapidocrlite.

``models.folder`` says where its files are. The package's own modules import requests, tqdm and YAML, to download what
is given here; so its binding alone is loaded, which needs NumPy only. One call at a time.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from voicehelper.recognition import models

# Of rapidocr 3.10, whose outputs these models were measured with.
_OPTIONS: Final = {
    "det_threshold": 0.3, "det_box_threshold": 0.5, "det_unclip_ratio": 1.6, "det_limit_side_len": 736,
    "det_limit_type": 1, "det_use_dilation": 1, "det_max_candidates": 1000, "rec_height": 48, "rec_batch_size": 6,
    "use_cls": 0, "backend": 0, "model_type": 1,
}  # fmt: skip
_DETECT, _RECOGNISE = 1, 2
_QUIET: Final = {"PPOCR_DISABLE_PARALLEL_SPIN": "1"}  # threads that spin take the other cores' time

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as detected: corners in pixels, clockwise from the top left of its text; characters with their boxes
    (x0, y0, x1, y1).
    """

    text: str
    corners: tuple[Corner, Corner, Corner, Corner]
    confidence: float
    characters: tuple[tuple[str, float, tuple[float, float, float, float]], ...]


class Engine:
    """Loads nothing before the first picture."""

    def read(self, pixels: Any) -> list[Reading]:
        """``pixels`` is an array of height x width x 3, 8 bits, RGB."""
        characters: list[Any] = []
        boxes, texts, scores, _ = self._native.run_ex(pixels, _DETECT | _RECOGNISE, None, characters)
        return [
            Reading(text, _corners(box), score, _characters(single))
            for box, text, score, (_, single) in zip(boxes, texts, scores, characters, strict=True)
            if text.strip()
        ]

    def load(self) -> None:
        """RecognitionMissingError where the environment has no engine or no models."""
        assert self._native

    @cached_property
    def _native(self) -> Any:
        folder = models.folder()
        for variable, text in _QUIET.items():
            os.environ.setdefault(variable, text)
        binding = _binding(folder.parent / "_native.py")
        options = binding.default_options()
        for name, value in _OPTIONS.items():
            setattr(options, name, value)
        for values in (options.det_mean, options.det_std, options.rec_mean, options.rec_std):
            values[:] = [0.5] * 3
        return binding.NativeOCR(*(str(folder / name) for name in models.FILES), options)


def _binding(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("voicehelper_native_recognition", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _corners(box: list[list[float]]) -> tuple[Corner, Corner, Corner, Corner]:
    a, b, c, d = ((x, y) for x, y in box)
    return a, b, c, d


def _characters(words: list[Any]) -> tuple[Any, ...]:
    return tuple((text, score, _bounds(box)) for text, score, box in words)


def _bounds(corners: Any) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)
