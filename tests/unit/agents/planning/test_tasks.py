"""Whole tasks in both languages, as people write them, with the tools that a person would use, in order."""

from __future__ import annotations

import pytest
from voicehelper.agents.planning.rules import plan_task

TOOLS = {"K": "knowledge_base", "C": "calculator"}


@pytest.mark.parametrize(
    ("task", "tools"),
    [
        ("帮我算一下 (3680+2415)×0.85 是多少", "C"),
        ("648 的 25% 是多少？", "C"),
        ("会议室每小时 80 元，租 3.5 小时要多少钱？", "C"),
        ("团建人均 150 元，28 人参加，总费用是多少？", "C"),
        ("打印纸每箱 135 元，采购 20 箱享 8.5 折，应付多少？", "C"),
        ("预算 12 万元，已支出 7.35 万元，还剩多少？", "C"),
        ("全程 540 公里，时速 90 公里，开车需要几个小时？", "C"),
        ("2023 年的净利润比 2022 年增加了多少？", "KKC"),
        ("公司 2021 年到 2024 年营业收入的年均复合增长率是多少？", "KKC"),
        ("华东区和华南区第一季度的销售额合计是多少？", "KKC"),
        ("研发投入占营业收入的比重是多少？", "KKC"),
        ("按照公司的餐补标准，4 个人出差 6 天一共能领多少？", "KC"),
        ("分析智能客服行业的市场规模、竞争格局和主要风险，并给出建议", "KKKK"),
        ("根据知识库写一份信息安全制度的总结，包括密码要求、设备管理和违规处罚", "KKK"),
        ("1. 年假有几天？2. 病假工资怎么算？3. 产假多长？", "KKK"),
        ("入职流程是什么？以及需要准备哪些材料？", "KK"),
        ("比较 A100 和 B200 两款打印机的打印速度", "KK"),
        ("怎么申请 VPN 账号？", "K"),
        ("上网查一下今天的美元汇率", "K"),
        ("产品 X 的价格是产品 Y 的几倍？", "KKC"),
        ("Calculate 18% of 2,450 plus 75", "C"),
        ("What's (96 - 80) / 80 * 100?", "C"),
        ("A freelancer charges $65 an hour and works 12.5 hours. What is the bill?", "C"),
        ("Tickets cost 24 euros each; we need 15 of them with a 10% discount. Total?", "C"),
        ("Split $1,260 evenly between 7 people", "C"),
        ("A train covers 450 km at 150 km/h. How many hours does it take?", "C"),
        ("Sales went from 320 to 400 units. By what percentage did they rise?", "C"),
        ("How much did operating costs increase between 2022 and 2024?", "KKC"),
        ("By what percentage did headcount grow from 2023 to 2024?", "KKC"),
        ("What is the difference in price between the Basic plan and the Pro plan?", "KKC"),
        ("What was the average annual revenue over 2021, 2022 and 2023?", "KKKC"),
        ("What share of total revenue comes from Europe?", "KKC"),
        ("How much would hotel nights cost for 3 people staying 4 nights under our travel policy?", "KC"),
        ("Prepare a market report on electric bikes covering market size, growth, competitors and risks", "KKKK"),
        ("Summarise the onboarding handbook with key deadlines and contacts", "KK"),
        ("Who approves purchase orders, and how long does approval take?", "KK"),
        ("Compare the battery life and weight of the M1 and the M2", "KK"),
        ("How do I reset the thermostat?", "K"),
        ("Which is heavier, the K3 or the K5?", "KK"),
        ("三个部门各有 12 人，每人发 300 元购物卡，一共多少钱？", "C"),
        ("水泵每分钟抽水 45 升，抽 2 小时能抽多少升？", "C"),
        ("报名费每人 60 元，团体 10 人以上打 9 折，12 人报名要多少钱？", "C"),
        ("2020 至 2023 年员工总数的年均增长率是多少？", "KKC"),
        ("培训预算占人力成本的比重有多大？", "KKC"),
        ("忘记密码怎么办？账号被锁多久解开？", "KK"),
        ("起草一份供应商管理办法的摘要，涵盖准入条件、评分标准和淘汰机制", "KKK"),
        ("A 60-page report costs $0.08 per page to print. How much do 25 copies cost?", "C"),
        ("How much longer is the warranty of the X5 than that of the X3?", "KKC"),
        ("What percentage of the training budget was used for travel?", "KKC"),
        ("Where is the spare key kept, and who may use it?", "KK"),
        ("When does the lease end?", "K"),
        ("人均费用是多少：年会总费用 4.2 万元，参加 60 人", "C"),
        ("签字笔 12 支、订书机 3 个一共多少钱？", "KKC"),
        ("3 个路由器和 5 个交换机要多少钱？", "KKC"),
        ("How many more employees were there in 2024 than in 2022?", "KKC"),
    ],
)
def test_a_task_has_the_steps_that_a_person_would_take(task: str, tools: str) -> None:
    plan = plan_task(task, list(TOOLS.values()), "zh")

    assert [step.tool for step in plan.steps[:-1]] == [TOOLS[letter] for letter in tools]


@pytest.mark.parametrize(
    ("task", "expression"),
    [
        ("人均费用是多少：年会总费用 4.2 万元，参加 60 人", "42000 / 60"),
        ("签字笔 12 支、订书机 3 个一共多少钱？", "{1} * 12 + {2} * 3"),
        ("3 个路由器和 5 个交换机要多少钱？", "{1} * 3 + {2} * 5"),
        ("2 monitors and 4 keyboards: what do they cost?", "{1} * 2 + {2} * 4"),
    ],
)
def test_counts_of_different_things_are_neither_added_nor_multiplied(task: str, expression: str) -> None:
    [computed] = [step for step in plan_task(task, list(TOOLS.values()), "zh").steps if step.tool == "calculator"]

    assert computed.arguments["expression"] == expression


def test_what_is_asked_of_two_periods_is_asked_of_each() -> None:
    first, *_ = plan_task("How many more employees were there in 2024 than in 2022?", list(TOOLS.values()), "en").steps

    assert first.arguments["question"] == "How many employees were there in 2024?"
