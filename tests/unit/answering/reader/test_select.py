"""What of the found units becomes the answer: rows, lists, lines."""

from __future__ import annotations

from voicehelper.answering.reader.compose import compose_answer

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


def answer(question: str, *passages: object) -> str:
    return compose_answer(question, passages, flat_idf).text  # type: ignore[arg-type]


def test_only_the_row_that_is_asked_for_is_given() -> None:
    assert answer("经理的住宿标准是多少？", RATES) == "职级: 经理 | 住宿标准: 550 元 | 餐补: 150 元 [1]"


def test_two_rows_are_given_where_two_are_named() -> None:
    said = answer("总监和员工的住宿标准分别是多少？", RATES)

    assert "800" in said
    assert "380" in said
    assert "550" not in said


def test_a_question_that_names_no_row_gets_them_all() -> None:
    assert answer("各职级的住宿标准是多少？", RATES).count("职级") == 3


def test_a_question_for_steps_gets_all_of_them_and_nothing_else() -> None:
    said = answer("报销流程有哪些步骤，先填写报销单吗？", STEPS)

    assert said == "1. 填写报销单；\n2. 部门负责人审批；\n3. 财务部复核；\n4. 出纳付款。 [1]"


def test_the_line_that_opens_a_list_brings_it_along() -> None:
    assert answer("报销流程是怎样的？", STEPS).startswith("报销流程如下：\n1. 填写报销单；\n2.")


def test_lines_that_are_no_sentences_stay_on_lines_of_their_own() -> None:
    assert "\nProject lead" in answer("When is the launch date of Project Aurora and who is the project lead?", SLIDE)
