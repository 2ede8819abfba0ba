from __future__ import annotations

import pytest
from voicehelper.messages import API_MESSAGES, DOCUMENT_MESSAGES, FIELD_MESSAGES, preferred_language


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
def test_the_highest_ranked_language_is_preferred_and_chinese_is_the_default(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


@pytest.mark.parametrize("code", [*API_MESSAGES, *DOCUMENT_MESSAGES])
def test_every_code_has_a_message_in_both_languages(code: str) -> None:
    chinese, english = {**API_MESSAGES, **DOCUMENT_MESSAGES}[code]

    assert chinese
    assert english
    assert not chinese.isascii()


def test_every_kind_of_invalid_field_has_a_message_in_both_languages() -> None:
    assert all(chinese and not chinese.isascii() and english.isascii() for chinese, english in FIELD_MESSAGES.values())
