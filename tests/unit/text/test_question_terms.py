from __future__ import annotations

from voicehelper.text.question_terms import question_terms

from tests.unit.answering.passages import flat_idf


def test_words_that_only_ask_carry_no_weight() -> None:
    assert question_terms("请问拾音距离是多少？", flat_idf).weights == question_terms("拾音距离", flat_idf).weights
