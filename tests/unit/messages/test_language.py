"""The language a caller is answered in."""

from __future__ import annotations

import pytest
from voicehelper.messages.language import preferred_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,en", "zh"),
        ("fr", "zh"),
        ("en;q=x", "zh"),
        ("EN", "en"),
    ],
)
def test_the_language_is_the_one_ranked_higher_and_chinese_in_doubt(header: str | None, language: str) -> None:
    assert preferred_language(header) == language
