"""Texts longer than the model's input, as windows; ``encoder`` and ``int8_encoder`` share how a text's mean is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from voicehelper.models.offline.weights import Floats

Window = tuple[int, Sequence[int]]  # (the text's number, its tokens)


def windows_of(texts: Sequence[Sequence[int]], max_tokens: int) -> list[Window]:
    """In the texts' order; a text without tokens has one empty window."""
    return [
        (number, tokens[start : start + max_tokens])
        for number, tokens in enumerate(texts)
        for start in range(0, max(1, len(tokens)), max_tokens)
    ]


def means_of_texts(windows: Sequence[Window], means: Iterable[Floats], texts: int, hidden: int) -> Floats:
    """(texts, hidden): the means of each text's windows, weighted by their length."""
    sums, weights = np.zeros((texts, hidden), np.float32), np.zeros((texts, 1), np.float32)
    for (number, tokens), mean in zip(windows, means, strict=True):
        weight = max(1, len(tokens))
        sums[number] += weight * mean
        weights[number] += weight
    return sums / weights
