from __future__ import annotations

import pytest
from voicehelper.retrieval.classifier import classify
from voicehelper.retrieval.stages.expand import is_hard, paraphrases_of


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("How long is the leave?\nHow many days off?\nWhat is the holiday?", 3),
        ("1. How long is the leave?\n2) How many days off?\n(3) What is the holiday?", 3),
        ("- 假期多长？\n- 能休几天？\n\n- 休假天数？\n- 第四种问法？", 3),
        ("How long is the leave?\nHow long is the leave?", 1),
        ("What is the leave?", 0),
        ("", 0),
        ("x" * 400, 0),
    ],
)
def test_the_lines_of_a_reply_are_paraphrases(reply: str, expected: int) -> None:
    texts = paraphrases_of(reply, "What is the leave?")

    assert len(texts) == expected
    assert all(text[0] not in "-1(" for text in texts)


@pytest.mark.parametrize("question", ["Compare the two vans in depth.", "总结这份手册", "分析请假与调休的区别"])
def test_a_question_that_is_no_look_up_is_hard(question: str) -> None:
    assert is_hard(classify(question))


@pytest.mark.parametrize("question", ["What is the parking fee?", "年假有几天？", "Who is the manager?"])
def test_a_look_up_is_easy(question: str) -> None:
    assert not is_hard(classify(question))
