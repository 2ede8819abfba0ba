from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.agents.planning.plan import PlannedStep
from voicehelper.agents.planning.values import UnresolvedError, resolve_arguments, value_of

from tests.unit.agents.planning.observations import answered, computed, failed, refused


@pytest.mark.parametrize(
    ("question", "observation", "number", "unit"),
    [
        ("2024 年营收是多少？", "2024 年公司营收为 12.5 亿元，同比增长 8.2%。[1]", "1250000000", "yuan"),
        ("2023 年营收是多少？", "营收从 2023 年的 10 亿元增长到 2024 年的 12 亿元。[1]", "1000000000", "yuan"),
        ("2024 年营收是多少？", "营收从 2023 年的 10 亿元增长到 2024 年的 12 亿元。[1]", "1200000000", "yuan"),
        ("2024 年毛利率是多少？", "2024 年毛利 3 亿元，毛利率 24%。[1]", "24", "percent"),
        ("每人每天的住宿费是多少？", "住宿费标准为每人每天 450 元，餐费每人每天 100 元。[1]", "450", "yuan"),
        ("T1 的保修期是多久？", "T1 的保修期为 24 个月，电池为 6 个月。[1]", "24", "month"),
        ("2024 年营收是多少？", "年份: 2023 | 营收: 10 亿元\n年份: 2024 | 营收: 12 亿元 [1]", "1200000000", "yuan"),
        ("2024 年营收是多少？", "指标: 营收 | 2023: 980 | 2024: 1,120 [1]", "1120", ""),
        ("2024 年营收是多少？", "年份: 2024 | 营收（万元）: 1200 | 人数: 35 [1]", "12000000", "yuan"),
        ("T1 的价格是多少？", "第 3 条 T1 的价格为 1,299 元。[1]", "1299", "yuan"),
        ("公司有多少人？", "公司成立于 2010 年，现有员工 350 人，分布在 4 个城市。[1]", "350", "person"),
        ("研发费用是多少？", "研发费用 2,300 万元，比上年增加 300 万元。[1]", "23000000", "yuan"),
        (
            "What was revenue in 2024?",
            "Revenue was $12 million in 2024, compared with $10 million in 2023. [1]",
            "12000000",
            "dollar",
        ),
        (
            "What was revenue in 2023?",
            "Revenue was $12 million in 2024, compared with $10 million in 2023. [1]",
            "10000000",
            "dollar",
        ),
        (
            "What was revenue in 2023?",
            "In 2024, revenue was $12 million, up from $10 million in 2023. [1]",
            "10000000",
            "dollar",
        ),
        (
            "What was revenue in 2024?",
            "Revenue in 2023 and 2024 was $10 million and $12 million respectively. [1]",
            "12000000",
            "dollar",
        ),
        (
            "What was revenue in 2024?",
            "Year: 2023 | Revenue: $9.5m | Staff: 12\nYear: 2024 | Revenue: $11m | Staff: 15 [1]",
            "11000000",
            "dollar",
        ),
        ("What is the price of the T1?", "The T1 costs $1,299 and weighs 2.5 kg. [1]", "1299", "dollar"),
        ("What is the weight of the T1?", "The T1 costs $1,299 and its weight is 2.5 kg. [1]", "2.5", "kilogram"),
        ("How many employees are there?", "We have 350 employees in 4 offices. [1]", "350", "person"),
        ("What is the hotel rate per night?", "Section 4.2 The hotel rate is $180 per night. [1]", "180", "dollar"),
        ("How long is the warranty?", "The warranty lasts 2 years; it costs $30. [1]", "2", "year"),
        (
            "What was the churn rate in 2024?",
            "The churn rate in 2024 was 4.5%, with 1,200 customers. [1]",
            "4.5",
            "percent",
        ),
        ("华北区的产量是多少？", "华东区产量为 3 万件，华北区为 2 万件。[1]", "20000", "piece"),
        ("B 公司的份额是多少？", "A 公司份额为 32%，B 公司为 28%。[1]", "28", "percent"),
        ("销售费用是多少？", "研发费用、销售费用分别为 2 亿元和 3 亿元。[1]", "300000000", "yuan"),
        ("餐补是多少？", "住宿标准为每晚不超过 500 元，餐补每天 100 元。[1]", "100", "yuan"),
        ("What is the price of the X3?", "The X5 costs $300 and the X3 $200. [1]", "200", "dollar"),
        ("What is the weight of T2?", "T1: weight 2.4 kg, T2: weight 3.1 kg [1]", "3.1", "kilogram"),
        ("What was headcount in 2023?", "In 2024 we employed 1,420 people (2023: 1,310). [1]", "1310", ""),
        ("What was revenue in 2024?", "Revenue (in millions): 2023: 120 | 2024: 150 [1]", "150000000", ""),
        (
            "What was revenue in Q2 2024?",
            "Revenue was $3 million in Q1 2024 and $4 million in Q2 2024. [1]",
            "4000000",
            "dollar",
        ),
    ],
)
def test_an_observation_gives_its_question_one_value(question: str, observation: str, number: str, unit: str) -> None:
    value = value_of(question, answered(question, observation))

    assert value
    assert (value.number, value.unit, value.mark) == (Decimal(number), unit, 1)


@pytest.mark.parametrize(
    ("question", "observation"),
    [
        ("住宿标准是多少？", "一线城市 600 元，其他城市 400 元。[1]"),
        ("2024 年营收是多少？", "2023 年营收 10 亿元。[1]"),
        ("营收是多少？", "公司披露了营收情况。[1]"),
        ("T1 的价格是多少？", "T1 的保修期为 2 年。[1]"),
        ("What is the fee?", "The fee is $20 or $30. [1]"),
        ("What was revenue in 2024?", "Revenue was $10 million in 2023. [1]"),
        ("What is the price?", "It weighs 3 kg. [1]"),
        ("What is the limit?", "See section 4. [1]"),
    ],
)
def test_what_is_ambiguous_or_missing_gives_none(question: str, observation: str) -> None:
    assert value_of(question, answered(question, observation)) is None


def test_refused_and_failed_steps_have_no_value() -> None:
    assert value_of("营收是多少？", refused("营收是多少？")) is None
    assert value_of("营收是多少？", failed("营收是多少？")) is None


def test_a_value_names_the_source_of_its_line() -> None:
    value = value_of("What is the fee?", answered("What is the fee?", "It opens at 9. [1]\nThe fee is $20. [2]"))

    assert value
    assert (value.mark, value.text) == (2, "$20")


def step(expression: str) -> PlannedStep:
    return PlannedStep(step=9, description="", tool="calculator", arguments={"expression": expression})


@pytest.mark.parametrize(
    ("first", "second", "expression", "filled"),
    [
        ("价格为 1.2 亿元。[1]", "价格为 9000 万元。[1]", "{1} - {2}", "120000000 - 90000000"),
        ("The price is $1.2 million. [1]", "The price is $900 thousand. [1]", "{1} - {2}", "1200000 - 900000"),
        ("The price is $40. [1]", "The price is 8 dollars. [1]", "{1} / {2}", "40 / 8"),
        ("The warranty is 2 years. [1]", "The warranty is 18 months. [1]", "{1} - {2}", "24 - 18"),
        ("The share is 30%. [1]", "The share is 25%. [1]", "{1} - {2}", "30 - 25"),
        ("价格为 30。[1]", "价格为 20 元。[1]", "({2} - {1}) / {1} * 100", "(20 - 30) / 30 * 100"),
    ],
)
def test_references_are_filled_in_one_unit(first: str, second: str, expression: str, filled: str) -> None:
    observed = {1: answered("是什么", first), 2: answered("是什么", second, step=2)}

    assert resolve_arguments(step(expression), observed) == {"expression": filled}


def test_a_percentage_is_a_hundredth_beside_other_numbers() -> None:
    observed = {1: answered("报销比例是多少？", "报销比例为 80%。[1]")}

    assert resolve_arguments(step("{1} * 3000"), observed) == {"expression": "(80 / 100) * 3000"}


def test_a_computed_value_is_filled_as_it_is() -> None:
    assert resolve_arguments(step("{3} * 2"), {3: computed("{1} - {2}", "3 - 8", "-5")}) == {"expression": "(-5) * 2"}


@pytest.mark.parametrize(
    ("first", "second", "steps"),
    [
        ("The price is $40. [1]", "The price is 30 euros. [1]", [1, 2]),
        ("价格为 300 元。[1]", "价格为 40 美元。[1]", [1, 2]),
        ("The size is 40 km. [1]", "The size is 3 days. [1]", [1, 2]),
        ("The price is $40. [1]", "It is not stated. [1]", [2]),
    ],
)
def test_values_that_do_not_fit_name_their_steps(first: str, second: str, steps: list[int]) -> None:
    observed = {1: answered("是什么", first), 2: answered("是什么", second, step=2)}

    with pytest.raises(UnresolvedError) as raised:
        resolve_arguments(step("{1} - {2}"), observed)

    assert raised.value.steps == steps


def test_a_step_that_was_not_carried_out_is_named() -> None:
    with pytest.raises(UnresolvedError) as raised:
        resolve_arguments(step("{4} * 2"), {})

    assert raised.value.steps == [4]


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_observation_has_one_value_or_none(question: str, observation: str) -> None:
    value = value_of(question, answered(question, observation))

    assert value is None or value.number.is_finite()
