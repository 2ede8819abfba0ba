from __future__ import annotations

import pytest
from voicehelper.agents.planning.periods import plain
from voicehelper.agents.planning.word_problems import word_problem

from tests.support.expressions import value_of_expression


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("按每人每天 150 元，4 人 2 天共多少？", 1200, "yuan"),
        ("单价 28 元，买 15 件打 8 折多少钱", 336, "yuan"),
        ("一张票 80 元，三个人要多少钱？", 240, "yuan"),
        ("时薪 45 元，工作 90 分钟能拿多少钱？", 67.5, "yuan"),
        ("月租 3000 元，租两年一共多少钱？", 72000, "yuan"),
        ("买 3 支笔每支 5 元，2 本书每本 30 元，一共多少钱？", 75, "yuan"),
        ("采购 10 台显示器，每台 899 元，另加运费 120 元，总共多少？", 9110, "yuan"),
        ("每件 200 元，买 6 件，含 13% 的税共多少元？", 1356, "yuan"),
        ("午餐 35 元、打车 48 元、咖啡 22 元，一共多少？", 105, "yuan"),
        ("把 1200 元平均分给 8 人，每人多少？", 150, "yuan"),
        ("总费用 4200 元，28 人参加，人均多少？", 150, "yuan"),
        ("预算 5000 元，已花 3200 元，还剩多少？", 1800, "yuan"),
        ("有 500 元，买 3 本书每本 45 元，还剩多少？", 365, "yuan"),
        ("原价 1200 元，现价 900 元，降了百分之几？", -25, "percent"),
        ("营收从 80 万元增长到 100 万元，增长率是多少？", 25, "percent"),
        ("今年营收 120 万元，去年 100 万元，增长了百分之几？", 20, "percent"),
        ("用户从 100 万增长到 200 万，用了 5 年，年均复合增长率是多少？", 14.8698, "percent"),
        ("全程 360 公里，时速 90 公里，要多久？", 4, "hour"),
        ("一本书 240 页，每天读 30 页，几天读完？", 8, "day"),
        ("本金 10000 元，年利率 3%，存 2 年，利息多少？", 600, "yuan"),
        ("一件 200 元的衣服打八五折后多少钱？", 170, "yuan"),
        ("月薪 8000 元，年薪是多少？", 96000, "yuan"),
        ("2.5 小时等于多少分钟？", 150, "minute"),
        ("起步价 10 元，每公里 2 元，超出 6 公里，共多少钱？", 22, "yuan"),
        ("一台电视原价 3000 元，打九折后再减 200 元，多少钱？", 2500, "yuan"),
        ("电费 240 元由 3 个室友平摊，每人付多少？", 80, "yuan"),
        ("How many minutes are there in 2.5 hours?", 150, "minute"),
        ("My rent is $900 a month. What is it per year?", 10800, "dollar"),
        ("The bill is $96 and four of us share it. How much each?", 24, "dollar"),
        ("How many 30-minute sessions fit in 4 hours?", 8, ""),
        ("Profit climbed from $2 million to $2.5 million. What's the percentage increase?", 25, "percent"),
        ("At $20 per hour, 8 hours on Monday and 6 hours on Tuesday: how much?", 280, "dollar"),
        ("门票每人 50 元，8 人以上打 9 折，20 人要多少钱？", 900, "yuan"),
        ("机器每分钟加工 30 个零件，工作 2 小时能加工多少个？", 3600, "piece"),
        ("Two rooms at 90 euros plus 8 euros city tax: what do we pay?", 188, "euro"),
        ("At $35 per hour, 4 people, 6.5 hours each: how much?", 910, "dollar"),
        ("A room costs $120 a night. What is the total for 3 nights?", 360, "dollar"),
        ("Each licence costs 49 euros; how much are 12 of them with a 20% discount?", 470.4, "euro"),
        ("12 notebooks at $2.50 each plus $6 shipping: what is the total?", 36, "dollar"),
        ("We buy 3 pens at $2 and 5 books at $30. How much altogether?", 156, "dollar"),
        ("Split $360 among 8 people: how much does each pay?", 45, "dollar"),
        ("I have $500 and spend $120. How much is left?", 380, "dollar"),
        ("Sales rose from 80 to 100 units. By what percent?", 25, "percent"),
        ("The price fell from $50 to $40. How much did it change?", -10, "dollar"),
        ("240 miles at 60 miles per hour: how long does it take?", 4, "hour"),
        ("A car drives 150 km in 2 hours. What is its average speed?", 75, "kilometre/hour"),
        ("How far do you get in 2.5 hours at 80 km/h?", 200, "kilometre"),
        ("With $100, how many $8 tickets can I buy?", 12, ""),
        ("Rent is $1,500 per month; what is it for two years?", 36000, "dollar"),
        ("At 30 dollars an hour, 8 hours a day, 5 days: what is the total?", 1200, "dollar"),
        ("A meal is $80 plus a 15% tip. What is the total?", 92, "dollar"),
        ("$10,000 at 5% interest compounded for 3 years: what is it worth?", 11576.25, "dollar"),
        ("I spent $12, $30 and $7.50. What is the total?", 49.5, "dollar"),
        ("The trip costs 3 million yuan split between 4 companies: how much does each pay?", 750000, "yuan"),
    ],
)
def test_problems_whose_quantities_stand_in_the_task_are_computed(text: str, value: float, unit: str) -> None:
    draft = word_problem(plain(text))

    assert draft
    assert value_of_expression(draft.expression) == pytest.approx(value, rel=1e-4)
    assert draft.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "按差旅标准，5 人 3 天共多少？",
        "How much do 3 licences for 2 years cost?",
        "保修期是 2 年还是 3 年？",
        "Who approves a purchase of $5,000 for 3 people?",
        "2024 年营收比 2023 年增长了多少？",
        "What happens after 3 failed attempts in 5 minutes?",
        "T1 和 T2 的价格差多少？",
        "年假有几天？",
        "How many vacation days are there?",
        "",
    ],
)
def test_what_needs_a_document_is_no_word_problem(text: str) -> None:
    assert word_problem(plain(text)) is None
