"""Phrases: a name is found however it is written."""

from __future__ import annotations

import pytest
from voicehelper.text.phrases import has_phrase, phrase


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("see the Travel Expense Policies of 2021", "travel expense policy"),
        ("按《差旅管理办法》执行", "差旅管理办法"),
        ("按《差旅管理辦法》執行", "差旅管理办法"),
        ("Bank of Lindenau's branch", "Bank of Lindenau"),
        ("ＡＢＣ-12 を使う", "abc-12"),
    ],
)
def test_a_name_is_found_in_another_spelling(text: str, name: str) -> None:
    assert has_phrase(phrase(text), phrase(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [("Anna met Carl Berg", "Anna Berg"), ("差旅办法和管理规定", "差旅管理办法"), ("the Annapolis road", "Anna")],
)
def test_words_apart_are_no_name(text: str, name: str) -> None:
    assert not has_phrase(phrase(text), phrase(name))
