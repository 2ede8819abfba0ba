from __future__ import annotations

import pytest
from voicehelper.text.language import text_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("保修多久？", "zh"),
        ("保固多久？", "zh"),
        ("How long?", "en"),
        ("X2 Pro 电池多大？", "zh"),
        ("What is 云帆 about then?", "en"),
    ],
)
def test_chinese_characters_and_latin_words_decide_the_language(text: str, language: str) -> None:
    assert text_language(text) == language
