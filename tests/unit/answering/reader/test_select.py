"""Which rows, list items and lines become the answer, and how they are joined."""

from __future__ import annotations

from voicehelper.answering.reader.compose import compose_answer
from voicehelper.index.passage import Passage

from tests.unit.answering.passages import flat_idf, passage

RATES = passage(
    "职级: 总监 | 住宿标准: 800 元 | 餐补: 200 元\n职级: 经理 | 住宿标准: 550 元 | 餐补: 150 元\n"
    "职级: 员工 | 住宿标准: 380 元 | 餐补: 100 元",
    "差旅办法 - 标准",
)
STEPS = passage(
    "报销流程如下：\n1. 填写报销单；\n2. 部门负责人审批；\n3. 财务部复核；\n4. 出纳付款。\n超过 90 天的票据不予报销。",
    "差旅办法 - 报销流程",
)
SLIDE = passage("Launch date: 14 September\nProject lead: Ingrid Halvorsen\nBudget: 2 million", "Project Aurora")


def answer(question: str, source: Passage) -> str:
    return compose_answer(question, [source], flat_idf).text


def test_only_the_row_that_the_question_names_is_given() -> None:
    assert answer("经理的住宿标准是多少？", RATES) == "职级: 经理 | 住宿标准: 550 元 | 餐补: 150 元 [1]"


def test_both_rows_are_given_if_the_question_names_two() -> None:
    text = answer("总监和员工的住宿标准分别是多少？", RATES)

    assert "800" in text
    assert "380" in text
    assert "550" not in text


def test_all_rows_are_given_if_the_question_names_none() -> None:
    assert answer("各职级的住宿标准是多少？", RATES).count("职级") == 3


def test_a_question_for_steps_is_answered_with_all_steps_and_nothing_else() -> None:
    text = answer("报销流程有哪些步骤，先填写报销单吗？", STEPS)

    assert text == "1. 填写报销单；\n2. 部门负责人审批；\n3. 财务部复核；\n4. 出纳付款。 [1]"


def test_a_line_that_introduces_a_list_is_followed_by_the_list() -> None:
    assert answer("报销流程是怎样的？", STEPS).startswith("报销流程如下：\n1. 填写报销单；\n2.")


def test_lines_that_are_not_sentences_stay_on_lines_of_their_own() -> None:
    assert "\nProject lead" in answer("When is the launch date of Project Aurora and who is the project lead?", SLIDE)
