from __future__ import annotations

from dataclasses import replace

import pytest
from voicehelper.answering.reader.compose import REFUSALS, compose_answer, nearest_cosine
from voicehelper.answering.reader.units import Unit, best_first

from tests.unit.answering.passages import flat_idf, passage

MANUAL = passage(
    "云帆 X2 是一款会议录音设备。\n拾音距离最远为 8 米。\n请勿在潮湿环境中使用。", "云帆X2用户手册 - 产品介绍", number=1
)
TABLE = passage(
    "型号: X2 | 电池容量: 3000 mAh\n型号: X2 Pro | 电池容量: 5200 mAh", "云帆X2用户手册 - 参数", number=2, score=0.8
)


def test_the_answer_is_the_sentence_that_answers_with_its_mark() -> None:
    answer = compose_answer("云帆X2的拾音距离最远是多少？", [MANUAL, TABLE], flat_idf)

    first_line = answer.text.splitlines()[0]

    assert "8 米" in first_line
    assert first_line.endswith("[1]")
    assert answer.citations[0] == 0


def test_a_row_is_given_with_its_column_names() -> None:
    answer = compose_answer("X2 Pro 的电池容量有多大？", [TABLE, MANUAL], flat_idf)

    assert "型号: X2 Pro | 电池容量: 5200 mAh" in answer.text
    assert answer.citations[0] == 0


def test_marks_and_citations_correspond() -> None:
    answer = compose_answer("云帆X2 的拾音距离和电池容量", [MANUAL, TABLE], flat_idf)

    count = len(answer.citations)

    assert all(f"[{mark}]" in answer.text for mark in range(1, count + 1))
    assert f"[{count + 1}]" not in answer.text


def test_questions_without_passages_are_refused_in_their_language() -> None:
    chinese = compose_answer("食堂几点开门？", [], flat_idf)
    english = compose_answer("When does the canteen open?", [], flat_idf)

    assert chinese.text == REFUSALS["zh"]
    assert (english.text, english.citations, english.refused) == (REFUSALS["en"], [], True)


def test_every_word_of_the_answer_is_in_a_passage() -> None:
    answer = compose_answer("云帆X2的拾音距离最远是多少？", [MANUAL, TABLE], flat_idf)

    passages = MANUAL.text + TABLE.text
    pieces = [line.rpartition(" [")[0] for line in answer.text.splitlines() if line.endswith("]")]

    assert pieces
    assert all(part in passages for piece in pieces for part in piece.replace("。", "。\n").splitlines() if part)


def test_a_question_that_the_other_language_answers_is_answered_from_it() -> None:
    own = replace(passage("The pump stands in hall B.", "Plan", number=1), similarity=0.80)
    other = replace(passage("水泵的保修期为两年。泵房位于地下室。", "手册", number=2), similarity=0.83)

    answer = compose_answer(
        "How long is the guarantee period of the pump?",
        [own, other],
        flat_idf,
        similarity=lambda _, texts: [0.9 if "保修" in text else 0.8 for text in texts],
    )

    assert answer.citations == [1]
    assert "两年" in answer.text


@pytest.mark.parametrize(("score", "nearest"), [(0.801, 0.9), (0.799, 0.9), (0.5, 0.8)], ids=["third", "fourth", "far"])
def test_a_sentence_just_behind_the_best_ones_is_no_less_near(score: float, nearest: float) -> None:
    """Whether it is the third or the fourth depends on how rare words are in the rest of the base."""
    scores = {"a": 1.0, "b": 0.9, "c": 0.8, "answer": score}
    units = best_first(Unit(0, at, text, value, frozenset()) for at, (text, value) in enumerate(scores.items()))

    found = nearest_cosine("q", units, lambda _, texts: [0.9 if text == "answer" else 0.8 for text in texts])

    assert found == pytest.approx(nearest, abs=0.001)


@pytest.mark.parametrize("scores", [(-0.3,), (-0.3, -0.3, -0.3, -0.3), (0.2, 0.0, -0.1)], ids=str)
def test_the_best_sentences_are_compared_whatever_penalties_left_of_their_scores(scores: tuple[float, ...]) -> None:
    units = [Unit(0, at, str(at), score, frozenset()) for at, score in enumerate(scores)]

    assert nearest_cosine("q", units, lambda _, texts: [0.9 if text == "0" else 0.5 for text in texts]) == 0.9
