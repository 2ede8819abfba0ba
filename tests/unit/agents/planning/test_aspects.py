from __future__ import annotations

import pytest
from voicehelper.agents.planning.aspects import comparison, report
from voicehelper.agents.planning.periods import plain
from voicehelper.text.language import text_language


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        (
            "分析新能源汽车行业的发展趋势、市场规模和竞争格局",
            [
                "新能源汽车行业的发展趋势有哪些？",
                "新能源汽车行业的市场规模是多少？",
                "新能源汽车行业的竞争格局有哪些？",
            ],
        ),
        (
            "写一份关于考勤制度的报告，包括迟到处罚、请假流程和加班费",
            ["考勤制度的迟到处罚有哪些？", "考勤制度的请假流程有哪些？", "考勤制度的加班费是多少？"],
        ),
        ("总结员工手册", ["员工手册的主要内容有哪些？"]),
        (
            "请对智能音箱市场进行分析，并给出增长率和风险",
            ["智能音箱市场的增长率是多少？", "智能音箱市场的风险有哪些？"],
        ),
        ("评估供应商 A 的质量和价格", ["供应商 A的质量是什么？", "供应商 A的价格是多少？"]),
        ("概述数据安全政策，列出主要要求", ["数据安全政策的要求有哪些？"]),
        (
            "分析公司 2024 年的经营情况，包括营收、利润和主要风险",
            ["公司 2024 年的营收是多少？", "公司 2024 年的利润是多少？", "公司 2024 年的风险有哪些？"],
        ),
        ("撰写产品 X1 的简报，重点说明功能和价格", ["产品 X1的功能有哪些？", "产品 X1的价格是多少？"]),
        (
            "Analyse the electric scooter market: size, growth and competitors",
            [
                "What is the size of the electric scooter market?",
                "What is the growth of the electric scooter market?",
                "What are the competitors of the electric scooter market?",
            ],
        ),
        (
            "Write a report on the leave policy covering sick leave and approval.",
            ["What is the sick leave of the leave policy?", "What is the approval of the leave policy?"],
        ),
        ("Summarize the employee handbook", ["What are the main points of the employee handbook?"]),
        (
            "Assess the risks and costs of the data centre move",
            ["What are the risks of the data centre move?", "What are the costs of the data centre move?"],
        ),
        (
            "Give me an overview of the X1 product with features and price",
            ["What are the features of the X1 product?", "What is the price of the X1 product?"],
        ),
        (
            "Describe the strengths and weaknesses of supplier A",
            ["What are the strengths of supplier A?", "What are the weaknesses of supplier A?"],
        ),
        (
            "Draft a brief about our security policy including password rules and incident reporting",
            [
                "What are the password rules of the security policy?",
                "What is the incident reporting of the security policy?",
            ],
        ),
    ],
)
def test_a_report_asks_for_each_aspect_of_its_task(text: str, questions: list[str]) -> None:
    draft = report(plain(text), text_language(text))

    assert draft
    assert list(draft.questions) == questions


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("调研低代码平台市场", ["规模", "增长率", "趋势", "竞争格局", "风险"]),
        ("Prepare a market analysis of smart speakers", ["size", "growth rate", "trends", "competitors", "risks"]),
    ],
)
def test_a_market_without_aspects_has_those_of_every_market(text: str, words: list[str]) -> None:
    draft = report(plain(text), text_language(text))

    assert draft
    assert [word for word, question in zip(words, draft.questions, strict=True) if word not in question] == []


@pytest.mark.parametrize(
    "text", ["年假有几天？", "What does the report say?", "谁写的分析报告？", "Who reviews the draft?", ""]
)
def test_a_question_is_no_report(text: str) -> None:
    assert report(plain(text), text_language(text)) is None


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("T1 和 T2 的保修期有什么区别？", ["T1的保修期是多少？", "T2的保修期是多少？"]),
        ("X1 和 X2 哪个更贵？", ["X1的价格是多少？", "X2的价格是多少？"]),
        ("X1 和 X2 有什么区别？", ["X1的主要特点有哪些？", "X2的主要特点有哪些？"]),
        ("对比分析 A 公司和 B 公司的市场份额", ["A 公司的市场份额是多少？", "B 公司的市场份额是多少？"]),
        ("比较 X1、X2 和 X3 三款手机的重量", ["X1的重量是多少？", "X2的重量是多少？", "X3的重量是多少？"]),
        ("比较甲方案与乙方案在成本方面", ["甲方案的成本是多少？", "乙方案的成本是多少？"]),
        ("Compare the warranty of T1 and T2", ["What is the warranty of T1?", "What is the warranty of T2?"]),
        ("Compare X1 with X2 in terms of weight", ["What is the weight of X1?", "What is the weight of X2?"]),
        ("Which is cheaper, plan A or plan B?", ["What is the price of plan A?", "What is the price of plan B?"]),
        (
            "What is the difference between X1 and X2?",
            ["What are the main features of X1?", "What are the main features of X2?"],
        ),
        ("X1 vs X2", ["What are the main features of X1?", "What are the main features of X2?"]),
        (
            "Compare A, B and C",
            [
                "What are the main features of A?",
                "What are the main features of B?",
                "What are the main features of C?",
            ],
        ),
        (
            "Which is longer: the A cable or the B cable?",
            ["What is the length of the A cable?", "What is the length of the B cable?"],
        ),
    ],
)
def test_a_comparison_asks_for_each_thing(text: str, questions: list[str]) -> None:
    draft = comparison(plain(text), text_language(text))

    assert draft
    assert [q.replace(" ", "") for q in draft.questions] == [q.replace(" ", "") for q in questions]


@pytest.mark.parametrize(
    "text", ["T1 的保修期多长？", "Write a report on regional differences and risks", "What is the price?", ""]
)
def test_what_compares_nothing_is_left(text: str) -> None:
    assert comparison(plain(text), text_language(text)) is None


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        (
            "从成本、质量和交期三个方面评估供应商甲",
            ["供应商甲的成本是多少？", "供应商甲的质量是什么？", "供应商甲的交期是什么？"],
        ),
        ("写一篇关于请假制度的介绍", ["请假制度的主要内容有哪些？"]),
        ("分析出差制度，指出风险", ["出差制度的风险有哪些？"]),
        ("Give me a SWOT analysis of our shop", ["What are the strengths of the shop?"]),
        ("Outline the risks of the move and the mitigation for each", ["What are the risks of the move?"]),
    ],
)
def test_other_forms_of_a_report_are_read(text: str, questions: list[str]) -> None:
    draft = report(plain(text), text_language(text))

    assert draft
    assert list(draft.questions)[: len(questions)] == questions


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("甲厂和乙厂的产量哪个更高？", ["甲厂的产量是多少？", "乙厂的产量是多少？"]),
        ("甲和乙相比，哪个成本更低？", ["甲的成本是多少？", "乙的成本是多少？"]),
        (
            "What are the pros and cons of plan A versus plan B?",
            ["What are the pros and cons of plan A?", "What are the pros and cons of plan B?"],
        ),
    ],
)
def test_other_forms_of_a_comparison_are_read(text: str, questions: list[str]) -> None:
    draft = comparison(plain(text), text_language(text))

    assert draft
    assert list(draft.questions) == questions
