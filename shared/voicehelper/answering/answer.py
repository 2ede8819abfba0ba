"""An answer as a reader or a model composed it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """``citations`` are indices into the passages, in the order of their marks [1], [2] … in ``text``."""

    text: str
    citations: list[int]
    refused: bool
    confidence: float
