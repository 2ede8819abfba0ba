from __future__ import annotations

import pytest
from voicehelper.agents.planning.parts import clauses_of, parts_of
from voicehelper.text.language import text_language


@pytest.mark.parametrize(
    ("task", "parts"),
    [
        ("1) 保修期多长？2) 怎么维修？ 3) 谁付运费？", ["保修期多长?", "怎么维修?", "谁付运费?"]),
        ("一、年假几天？\n二、病假几天？", ["年假几天?", "病假几天?"]),
        ("报销流程是什么；需要哪些单据；多久到账", ["报销流程是什么;", "需要哪些单据;", "多久到账"]),
        ("价格是多少？保修多久？", ["价格是多少?", "保修多久?"]),
        ("入职要带什么，以及找谁报到？", ["入职要带什么", "找谁报到?"]),
        ("我们在上海办公。年假有几天？", ["我们在上海办公。 年假有几天?"]),
        ("查找 2023 年和 2024 年的营收。计算增长率。", ["查找 2023 年和 2024 年的营收。 计算增长率。"]),
        ("年假有几天？", ["年假有几天?"]),
        ("请假找谁批？", ["请假找谁批?"]),
        ("2023 年和 2024 年的利润分别是多少？增长了多少？", ["2023 年和 2024 年的利润分别是多少? 增长了多少?"]),
        (
            "Who is the site manager and how can I reach them?",
            ["Who is the site manager", "how can I reach the site manager?"],
        ),
        (
            "What is the warranty? How long is shipping? Who pays?",
            ["What is the warranty?", "How long is shipping?", "Who pays?"],
        ),
        ("1. What is the notice period? 2. Who signs?", ["What is the notice period?", "Who signs?"]),
        ("What is the fee and when is it due?", ["What is the fee", "when is the fee due?"]),
        (
            "How do I reset the device, and also where is its label?",
            ["How do I reset the device", "where is the device's label?"],
        ),
        ("A train is late. What do I get back?", ["A train is late. What do I get back?"]),
        (
            "Find the revenue of 2023 and 2024. Calculate the growth rate.",
            ["Find the revenue of 2023 and 2024. Calculate the growth rate."],
        ),
        ("What does section 4.2 say?", ["What does section 4.2 say?"]),
    ],
)
def test_a_task_is_split_into_its_questions(task: str, parts: list[str]) -> None:
    assert parts_of(task, text_language(task)) == parts


@pytest.mark.parametrize(
    ("part", "clauses"),
    [
        ("年假有几天,病假有几天?", ["年假有几天", "病假有几天?"]),
        ("年假有几天,病假呢?", ["年假有几天,病假呢?"]),
        ("在上海办公,年假有几天?", ["在上海办公,年假有几天?"]),
        ("Who signs, and how?", ["Who signs, and how?"]),
    ],
)
def test_clauses_are_questions_where_each_asks(part: str, clauses: list[str]) -> None:
    assert clauses_of(part, text_language(part)) == clauses


@pytest.mark.parametrize(
    ("task", "parts"),
    [
        ("Compute 8 * 7. Compute 9 * 6.", ["Compute 8 * 7.", "Compute 9 * 6."]),
        ("Find 14 + 15. Then find 20 - 3. Find 6 / 2.", ["Find 14 + 15.", "Then find 20 - 3.", "Find 6 / 2."]),
    ],
)
def test_a_number_that_ends_a_sentence_opens_no_item(task: str, parts: list[str]) -> None:
    assert parts_of(task, "en") == parts
