from __future__ import annotations

from voicehelper.answering.evidence import answer_confidence
from voicehelper.text.question_terms import question_terms

from tests.unit.answering.passages import flat_idf, passage

QUESTION = "云帆X2的拾音距离最远是多少？"
WEIGHTED = question_terms(QUESTION, flat_idf)


def test_confidence_grows_with_what_the_passages_cover_of_the_question() -> None:
    on_topic = passage("云帆 X2 是一款会议录音设备。\n拾音距离最远为 8 米。", "云帆X2用户手册 - 产品介绍")
    off_topic = passage("今天天气晴朗，适合郊游。", "天气")

    assert answer_confidence(QUESTION, WEIGHTED, [on_topic]) > answer_confidence(QUESTION, WEIGHTED, [off_topic])


def test_confidence_without_passages_is_zero() -> None:
    assert answer_confidence(QUESTION, WEIGHTED, []) == 0.0
