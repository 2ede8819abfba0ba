from __future__ import annotations

import pytest
from voicehelper.agents.planning.periods import plain
from voicehelper.agents.planning.several_things import several_things
from voicehelper.text.language import text_language

from tests.support.expressions import value_of_expression


@pytest.mark.parametrize(
    ("text", "questions", "found", "value"),
    [
        ("T1 比 T2 贵多少？", ["T1 的价格是多少？", "T2 的价格是多少？"], [30, 20], 10),
        ("T1 比 T2 轻多少？", ["T1 的重量是多少？", "T2 的重量是多少？"], [20, 30], 10),
        ("北京的房补比上海的高多少？", ["北京的房补是多少？", "上海的房补是多少？"], [30, 20], 10),
        ("市场费用比研发费用多多少？", ["市场费用是多少？", "研发费用是多少？"], [30, 20], 10),
        ("研发费用占总费用的比例是多少？", ["研发费用是多少？", "总费用是多少？"], [20, 80], 25),
        ("人工成本占总成本的百分之几？", ["人工成本是多少？", "总成本是多少？"], [20, 80], 25),
        ("甲厂的产量是乙厂的几倍？", ["甲厂的产量是多少？", "乙厂的产量是多少？"], [60, 20], 3),
        ("A 和 B 的价格相差多少？", ["A的价格是多少？", "B的价格是多少？"], [30, 20], 10),
        ("东区和西区的销售额合计是多少？", ["东区的销售额是多少？", "西区的销售额是多少？"], [30, 20], 50),
        ("研发费用和市场费用一共多少？", ["研发费用是多少？", "市场费用是多少？"], [30, 20], 50),
        (
            "A、B 和 C 三款手机的平均重量是多少？",
            ["A的重量是多少？", "B的重量是多少？", "C的重量是多少？"],
            [1, 2, 6],
            3,
        ),
        ("2024 年研发费用占营收的比重是多少？", ["2024 年研发费用是多少？", "2024 年营收是多少？"], [20, 80], 25),
        ("负债与资产之比是多少？", ["负债是多少？", "资产是多少？"], [20, 80], 0.25),
        (
            "How much heavier is the T1 than the T2?",
            ["What is the weight of the T1?", "What is the weight of the T2?"],
            [30, 20],
            10,
        ),
        (
            "How much cheaper is plan A than plan B?",
            ["What is the price of plan A?", "What is the price of plan B?"],
            [20, 30],
            10,
        ),
        (
            "How much more does the M2 cost than the M1?",
            ["How much does the M2 cost?", "How much does the M1 cost?"],
            [30, 20],
            10,
        ),
        (
            "What is the difference in price between plan A and plan B?",
            ["What is the price of plan A?", "What is the price of plan B?"],
            [30, 20],
            10,
        ),
        ("What percentage of total costs is rent?", ["What is rent?", "What are total costs?"], [20, 80], 25),
        ("What is the ratio of debt to equity?", ["What is debt?", "What is equity?"], [20, 80], 0.25),
        (
            "What is the ratio of debt to equity in 2024?",
            ["What is debt in 2024?", "What is equity in 2024?"],
            [20, 80],
            0.25,
        ),
        (
            "What do the router and the switch cost together?",
            ["How much does the router cost?", "How much does the switch cost?"],
            [30, 20],
            50,
        ),
        (
            "What is the total weight of the base and the arm?",
            ["What is the weight of the base?", "What is the weight of the arm?"],
            [30, 20],
            50,
        ),
        (
            "What is the average price of A, B and C?",
            ["What is the price of A?", "What is the price of B?", "What is the price of C?"],
            [1, 2, 6],
            3,
        ),
        (
            "How much larger is the area of hall A than that of hall B?",
            ["What is the area of hall A?", "What is the area of hall B?"],
            [30, 20],
            10,
        ),
        (
            "How many times larger is the output of A than that of B?",
            ["What is the output of A?", "What is the output of B?"],
            [60, 20],
            3,
        ),
    ],
)
def test_values_of_several_things_are_asked_one_by_one(
    text: str, questions: list[str], found: list[float], value: float
) -> None:
    draft = several_things(plain(text), text_language(text))

    assert draft
    assert [question.replace(" ", "") for question in draft.questions] == [q.replace(" ", "") for q in questions]
    assert value_of_expression(draft.expression, found) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "T1 的价格是多少？",
        "所有产品的平均价格是多少？",
        "What is the average price of all products?",
        "What is the total price?",
        "总费用是多少？",
        "T1 比 T2 好吗？",
        "Is T1 better than T2?",
        "谁和谁负责这个项目？",
        "What is the difference?",
        "",
    ],
)
def test_what_computes_nothing_of_several_things_is_left(text: str) -> None:
    assert several_things(plain(text), text_language(text)) is None
