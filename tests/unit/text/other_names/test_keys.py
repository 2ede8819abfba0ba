from __future__ import annotations

import pytest
from voicehelper.text.other_names.keys import asked_keys, key_terms, name_key
from voicehelper.text.tokenization import terms


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What is our recovery time objective?", "Recovery Time Objective"),
        ("How many purchase orders are open?", "purchase order"),
        ("who signs the nda", "NDA"),
        ("What does the WHO say?", "WHO"),
        ("What do the U.S. rules say?", "US"),
        ("資訊部的電話是多少？", "资讯部"),
        ("請問ＫＰＩ是什麼", "KPI"),
    ],
)
def test_a_question_has_the_key_of_a_name_in_it(question: str, name: str) -> None:
    assert name_key(name) in asked_keys(question)


@pytest.mark.parametrize("question", ["Who is responsible for it?", "WHO IS RESPONSIBLE FOR IT?"])
@pytest.mark.parametrize("name", ["WHO", "IT"])
def test_a_word_of_every_question_is_no_name(question: str, name: str) -> None:
    assert name_key(name) not in asked_keys(question)


def test_a_long_text_has_few_keys() -> None:
    assert len(asked_keys("word and other things " * 500)) < 1000


@pytest.mark.parametrize("name", ["Purchase orders", "信息技术部", "IT服务台", "5G network"])
def test_the_terms_of_a_key_are_those_of_the_name(name: str) -> None:
    assert key_terms(name_key(name)) <= frozenset(terms(name)) | {"IT"}
