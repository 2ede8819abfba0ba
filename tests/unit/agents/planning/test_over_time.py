from __future__ import annotations

import pytest
from voicehelper.agents.planning.over_time import over_time
from voicehelper.agents.planning.periods import plain
from voicehelper.messages.language import Language
from voicehelper.text.language import text_language

from tests.support.expressions import value_of_expression


def language_of(text: str) -> Language:
    return text_language(text)


# What the questions find, 100 first and 125 after it, and what is to come of it.
@pytest.mark.parametrize(
    ("text", "questions", "found", "value"),
    [
        ("2025 年营收比 2024 年增长了多少？", ["2025 年营收是多少？", "2024 年营收是多少？"], [125, 100], 25),
        ("2025 年净利润比 2024 年减少了多少？", ["2024 年净利润是多少？", "2025 年净利润是多少？"], [125, 100], 25),
        (
            "公司2025年相比2024年的营收增长率是多少",
            ["公司2024 年营收是多少？", "公司2025 年营收是多少？"],
            [100, 125],
            25,
        ),
        ("营收从2024年到2025年增长了百分之几？", ["2024 年营收是多少？", "2025 年营收是多少？"], [100, 125], 25),
        (
            "2024 年和 2025 年的员工人数相差多少？",
            ["2025 年员工人数是多少？", "2024 年员工人数是多少？"],
            [125, 100],
            25,
        ),
        (
            "2023 年和 2024 年的研发费用合计多少？",
            ["2023 年研发费用是多少？", "2024 年研发费用是多少？"],
            [100, 125],
            225,
        ),
        (
            "2022、2023 和 2024 年的平均营收是多少？",
            ["2022 年营收是多少？", "2023 年营收是多少？", "2024 年营收是多少？"],
            [1, 2, 6],
            3,
        ),
        (
            "2021 年至 2023 年的年均销售额是多少？",
            ["2021 年销售额是多少？", "2022 年销售额是多少？", "2023 年销售额是多少？"],
            [1, 2, 6],
            3,
        ),
        (
            "2023 年到 2025 年销量的年均复合增长率是多少？",
            ["2023 年销量是多少？", "2025 年销量是多少？"],
            [100, 121],
            10,
        ),
        ("去年的广告支出比前年多多少？", ["去年广告支出是多少？", "前年广告支出是多少？"], [125, 100], 25),
        (
            "2024 年第一季度和第二季度的订单数合计是多少？",
            ["2024 年第一季度订单数是多少？", "2024 年第二季度订单数是多少？"],
            [1, 2],
            3,
        ),
        ("2024 年产量是 2020 年的几倍？", ["2024 年产量是多少？", "2020 年产量是多少？"], [50, 10], 5),
        ("请计算 2023 到 2024 财年毛利率的变化", ["2024 财年毛利率是多少？", "2023 年毛利率是多少？"], [30, 25], 5),
        (
            "相比 2023 年，2024 年的退货数量增加了多少？",
            ["2024 年退货数量是多少？", "2023 年退货数量是多少？"],
            [125, 100],
            25,
        ),
        (
            "近两年（2023-2024）平均利润率是多少？",
            ["2023 年利润率是多少？", "2024 年利润率是多少？"],
            [4, 6],
            5,
        ),
        (
            "How did operating income change from 2023 to 2024?",
            ["What was operating income in 2024?", "What was operating income in 2023?"],
            [125, 100],
            25,
        ),
        (
            "Is the 2024 deficit larger than the 2023 deficit, and by how much?",
            ["What was deficit in 2024?", "What was deficit in 2023?"],
            [125, 100],
            25,
        ),
        (
            "How much did revenue grow from 2024 to 2025?",
            ["What was revenue in 2025?", "What was revenue in 2024?"],
            [125, 100],
            25,
        ),
        (
            "By what percentage did exports fall between 2024 and 2025?",
            ["What was exports in 2024?", "What was exports in 2025?"],
            [100, 75],
            -25,
        ),
        (
            "How much more did the shop earn in 2025 than in 2024?",
            ["How much did the shop earn in 2025?", "How much did the shop earn in 2024?"],
            [125, 100],
            25,
        ),
        (
            "How many more employees did we have in 2025 than in 2024?",
            ["How many employees did we have in 2025?", "How many employees did we have in 2024?"],
            [125, 100],
            25,
        ),
        (
            "What was the growth rate of sales between 2024 and 2025?",
            ["What was sales in 2024?", "What was sales in 2025?"],
            [100, 125],
            25,
        ),
        (
            "What is the difference in net profit between 2024 and 2025?",
            ["What was net profit in 2025?", "What was net profit in 2024?"],
            [125, 100],
            25,
        ),
        (
            "What was the CAGR of production from 2023 to 2025?",
            ["What was production in 2023?", "What was production in 2025?"],
            [100, 121],
            10,
        ),
        (
            "What was the total revenue in Q1 and Q2 2024?",
            ["What was revenue in Q1 2024?", "What was revenue in Q2 2024?"],
            [1, 2],
            3,
        ),
        (
            "Average headcount in 2022, 2023 and 2024?",
            ["What was headcount in 2022?", "What was headcount in 2023?", "What was headcount in 2024?"],
            [1, 2, 6],
            3,
        ),
        (
            "How much lower was the churn rate in 2025 than in 2024?",
            ["What was the churn rate in 2024?", "What was the churn rate in 2025?"],
            [8, 5],
            3,
        ),
        (
            "Find the 2023 and 2024 revenue and calculate the growth rate.",
            ["What was revenue in 2023?", "What was revenue in 2024?"],
            [100, 125],
            25,
        ),
        (
            "What was the percentage change in orders from FY2023 to FY2024?",
            ["What was orders in FY2023?", "What was orders in FY2024?"],
            [100, 90],
            -10,
        ),
    ],
)
def test_values_of_several_periods_are_asked_one_by_one(
    text: str, questions: list[str], found: list[float], value: float
) -> None:
    draft = over_time(plain(text), language_of(text))

    assert draft
    assert [question.replace(" ", "") for question in draft.questions] == [q.replace(" ", "") for q in questions]
    assert value_of_expression(draft.expression, found) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "2024 年营收是多少？",
        "What was revenue in 2024?",
        "What changed in 2024?",
        "2023 年和 2024 年分别发布了哪些产品？",
        "Which products were launched in 2023 and 2024?",
        "谁在 2023 年到 2024 年担任经理？",
        "",
    ],
)
def test_what_computes_nothing_over_time_is_left(text: str) -> None:
    assert over_time(plain(text), language_of(text)) is None
