from __future__ import annotations

from voicehelper.answering.evidence import confidence
from voicehelper.answering.reader.compose import REFUSALS, compose_answer
from voicehelper.text.question_terms import question_terms

from tests.unit.answering.passages import flat_idf, passage

MANUAL = passage(
    "云帆 X2 是一款会议录音设备。\n拾音距离最远为 8 米。\n请勿在潮湿环境中使用。", "云帆X2用户手册 - 产品介绍", number=1
)
TABLE = passage(
    "型号: X2 | 电池容量: 3000 mAh\n型号: X2 Pro | 电池容量: 5200 mAh", "云帆X2用户手册 - 参数", number=2, score=0.8
)


def test_the_sentence_that_answers_is_given_with_its_mark() -> None:
    answer = compose_answer("云帆X2的拾音距离最远是多少？", [MANUAL, TABLE], flat_idf)
    assert "8 米" in answer.text.splitlines()[0]
    assert answer.text.splitlines()[0].endswith("[1]")
    assert answer.citations[0] == 0


def test_the_row_asked_for_comes_with_its_column_names() -> None:
    answer = compose_answer("X2 Pro 的电池容量有多大？", [TABLE, MANUAL], flat_idf)
    assert "型号: X2 Pro | 电池容量: 5200 mAh" in answer.text
    assert answer.citations[0] == 0


def test_every_mark_has_its_citation_and_every_citation_its_mark() -> None:
    answer = compose_answer("云帆X2 的拾音距离和电池容量", [MANUAL, TABLE], flat_idf)
    assert [f"[{n}]" in answer.text for n in range(1, len(answer.citations) + 2)] == [True] * len(answer.citations) + [
        False
    ]


def test_nothing_found_is_refused_in_the_language_of_the_question() -> None:
    assert compose_answer("食堂几点开门？", [], flat_idf).text == REFUSALS["zh"]
    answer = compose_answer("When does the canteen open?", [], flat_idf)
    assert (answer.text, answer.citations, answer.refused) == (REFUSALS["en"], [], True)


def test_every_word_of_the_answer_stands_in_a_passage() -> None:
    answer = compose_answer("云帆X2的拾音距离最远是多少？", [MANUAL, TABLE], flat_idf)
    given = MANUAL.text + TABLE.text
    pieces = [line.rpartition(" [")[0] for line in answer.text.splitlines() if line.endswith("]")]
    assert pieces
    assert all(part in given for piece in pieces for part in piece.replace("。", "。\n").splitlines() if part)


def test_ground_rises_with_what_the_passages_cover() -> None:
    question = "云帆X2的拾音距离最远是多少？"
    weighted = question_terms(question, flat_idf)
    off_topic = passage("今天天气晴朗，适合郊游。", "天气", number=3)
    assert confidence(question, weighted, [MANUAL]) > confidence(question, weighted, [off_topic])
    assert confidence(question, weighted, []) == 0.0


def test_words_that_ask_carry_no_weight() -> None:
    assert question_terms("请问拾音距离是多少？", flat_idf).weights == question_terms("拾音距离", flat_idf).weights
