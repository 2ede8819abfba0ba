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
        ("en,zh-CN", "en"),
        ("zh-Hant-TW", "zh"),
        ("fr", "en"),
        ("fr-CH, fr;q=0.9, de;q=0.7, *;q=0.5", "en"),
        ("de, zh;q=0.3", "zh"),
        ("de, zh;q=0.3, en;q=0.2", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=x", "en"),
        ("zho", "en"),
        (",;,", "en"),
        ("EN", "en"),
    ],
)
def test_english_is_spoken_unless_chinese_is_asked_for(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


@pytest.mark.parametrize("header", [None, "", "  "])
def test_without_a_header_the_deployment_s_language_is_spoken(header: str | None) -> None:
    assert preferred_language(header, "en") == "en"
