from __future__ import annotations

import pytest
from voicehelper.agents.planning.found_rates import found_rate
from voicehelper.agents.planning.periods import plain
from voicehelper.text.language import text_language

from tests.support.expressions import value_of_expression


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("按差旅标准每人每天的餐费，6 人 2 天共多少？", ["差旅标准", "每人每天", "餐费"], 120),
        ("根据公司规定，3 个人出差 4 天的住宿费一共是多少？", ["规定", "住宿费", "每人每天"], 120),
        ("采购 20 台 T1 打印机要多少钱？", ["T1", "打印机", "每台"], 200),
        ("租 3 个月的会议室要花多少钱？", ["会议室", "每月"], 30),
        ("5 名员工的培训补贴共多少？", ["培训补贴", "每人"], 50),
        ("买 4 张年票一共多少钱？", ["年票", "每张"], 40),
        ("查一下差旅住宿标准，再算 5 人 3 天一共多少", ["差旅住宿标准"], 150),
        ("加班 10 小时，按制度的加班费是多少？", ["加班费", "每小时"], 100),
        ("按报销比例，报销 3000 元能报多少？", ["报销比例"], 30000),
        ("出国 7 天能领多少补贴？", ["出国", "补贴", "每天"], 70),
        ("两个人住三晚，按住宿标准要多少钱？", ["住宿标准"], 60),
        ("4 位客人 2 晚的房费总共多少？", ["房费"], 80),
        ("按公司规定的交通补贴，6 个人 10 个月要发多少？", ["交通补贴"], 600),
        ("How much allowance do 3 employees get for 5 days abroad?", ["allowance", "abroad"], 150),
        ("What do 5 licences for 2 years cost?", ["licence", "per year"], 100),
        ("How much do 12 desks cost?", ["desk", "cost"], 120),
        ("How much is the meal allowance for 4 people over 3 days?", ["meal allowance", "per person", "per day"], 120),
        (
            "According to the travel policy, what is the total hotel cost for 2 people and 3 nights?",
            ["travel policy", "hotel", "per night"],
            60,
        ),
        ("What would 3 nights in Berlin cost under our policy?", ["Berlin", "policy", "per night"], 30),
        ("How much do we pay for 40 hours of consulting?", ["consulting", "per hour"], 400),
        ("What is the total price of 6 chairs?", ["chair", "price"], 60),
        ("What does it cost to rent the hall for 3 days?", ["hall", "per day"], 30),
        ("How much does maintenance cost for 5 years?", ["maintenance", "per year"], 50),
        ("Under the mileage rate, how much do I get for 120 km?", ["mileage rate"], 1200),
        ("What will 8 tickets cost us?", ["ticket"], 80),
        ("How much would training for 15 employees cost?", ["training", "per person"], 150),
    ],
)
def test_a_rate_is_asked_for_and_multiplied(text: str, words: list[str], value: float) -> None:
    draft = found_rate(plain(text), text_language(text))

    assert draft
    [question] = draft.questions
    assert [word for word in words if word not in question] == []
    assert not any(map(str.isdecimal, question.replace("T1", "")))
    assert value_of_expression(draft.expression, [10]) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "保修期是 2 年吗？",
        "What happens after 3 failed attempts?",
        "连续 3 天缺勤会怎样？",
        "T1 的价格是多少？",
        "How much is the T1?",
        "谁审批超过 5 天的假期？",
        "Who approves leave of more than 5 days?",
        "How many people work in the 3 plants?",
        "每人每天 120 元，5 人共多少？",
        "",
    ],
)
def test_what_counts_nothing_to_pay_for_is_left(text: str) -> None:
    assert found_rate(plain(text), text_language(text)) is None


def test_several_things_have_a_price_each() -> None:
    english = found_rate(plain("What would 4 lamps and 2 chairs cost?"), "en")
    chinese = found_rate(plain("买 3 台扫描仪和 2 台投影仪一共多少钱？"), "zh")

    assert english
    assert chinese
    assert list(english.questions) == ["What is the price of one lamp?", "What is the price of one chair?"]
    assert list(chinese.questions) == ["扫描仪的单价是多少？", "投影仪的单价是多少？"]
    assert value_of_expression(english.expression, [10, 100]) == 240
