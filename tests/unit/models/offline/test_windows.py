"""Texts longer than the model's input: their windows, and the mean over them."""

from __future__ import annotations

import numpy as np
import pytest
from voicehelper.models.offline.windows import means_of_texts, windows_of


def test_a_long_text_is_split_and_a_short_one_is_whole() -> None:
    assert windows_of([[1, 2, 3, 4, 5], [6]], 2) == [(0, [1, 2]), (0, [3, 4]), (0, [5]), (1, [6])]


def test_a_text_without_tokens_has_one_empty_window() -> None:
    assert windows_of([[], [1, 2]], 2) == [(0, []), (1, [1, 2])]


def test_windows_count_by_their_length() -> None:
    windows = windows_of([[1, 2, 3], []], 2)
    means = [np.array([value], np.float32) for value in (3.0, 9.0, 7.0)]

    assert means_of_texts(windows, means, 2, 1).tolist() == [[5.0], [7.0]]


def test_a_window_without_a_mean_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        means_of_texts(windows_of([[1], [2]], 2), [np.zeros(1, np.float32)], 2, 1)
