from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.agents.planning.plan import SYNTHESIS, Plan
from voicehelper.agents.planning.rules import plan_task

from tests.support.growth import LIMIT, growth

BOTH = ("knowledge_base", "calculator")
ALL = ("web_search", "fetch_url", "knowledge_base", "calculator", "table_query")


def tools_of(plan: Plan) -> list[str]:
    return [step.tool for step in plan.steps]


@pytest.mark.parametrize(
    ("task", "tools"),
    [
        ("计算 (2400-1800)/1800*100", ["calculator"]),
        ("按每人每天 150 元，4 人 2 天共多少？", ["calculator"]),
        ("2025 年营收比 2024 年增长了百分之几？", ["knowledge_base", "knowledge_base", "calculator"]),
        ("按差旅标准，6 人 2 天的餐费共多少？", ["knowledge_base", "calculator"]),
        ("比较 X1 和 X2 的重量", ["knowledge_base", "knowledge_base"]),
        ("年假有几天？病假有几天？", ["knowledge_base", "knowledge_base"]),
        ("怎么清洗滤网？", ["knowledge_base"]),
        ("Compute 2 to the power of 8", ["calculator"]),
        ("At $35 per hour, 4 people, 6.5 hours each: how much?", ["calculator"]),
        ("How much more did the shop earn in 2025 than in 2024?", ["knowledge_base", "knowledge_base", "calculator"]),
        ("What do 5 licences for 2 years cost?", ["knowledge_base", "calculator"]),
        ("Analyse the electric scooter market: size and growth", ["knowledge_base", "knowledge_base"]),
        ("Who signs the contract?", ["knowledge_base"]),
    ],
)
def test_each_kind_of_task_has_its_steps(task: str, tools: list[str]) -> None:
    plan = plan_task(task, BOTH, "en")

    assert tools_of(plan) == [*tools, SYNTHESIS]
    assert [step.step for step in plan.steps] == list(range(1, len(plan.steps) + 1))


def test_parts_of_a_task_refer_to_their_own_values() -> None:
    task = "2025 年营收比 2024 年增长了百分之几？研发费用占营收的比例是多少？"

    expressions = [s.arguments["expression"] for s in plan_task(task, BOTH, "zh").steps if s.tool == "calculator"]

    assert expressions == ["({2} - {1}) / {1} * 100", "{4} / {5} * 100"]


def test_a_question_is_asked_once() -> None:
    task = "What is the ratio of debt to equity? What is the ratio of equity to debt?"

    plan = plan_task(task, BOTH, "en")

    assert tools_of(plan) == ["knowledge_base", "knowledge_base", "calculator", "calculator", SYNTHESIS]


def test_descriptions_and_thought_are_in_the_language_of_the_task() -> None:
    in_chinese, in_english = plan_task("年假有几天？", BOTH, "en"), plan_task("How are filters cleaned?", BOTH, "zh")

    assert "知识库" in in_chinese.steps[0].description
    assert in_english.steps[0].description == "Search the knowledge base: How are filters cleaned?"
    assert in_english.thought.isascii()


def test_a_task_without_words_has_the_given_language() -> None:
    assert plan_task("(1+2)*3", BOTH, "en").steps[0].description == "Calculate: (1 + 2) * 3"
    assert plan_task("(1+2)*3", BOTH, "zh").steps[0].description == "计算：(1 + 2) * 3"


@pytest.mark.parametrize(
    ("task", "tools", "planned", "said"),
    [
        ("上网查一下铜价", BOTH, ["knowledge_base"], "联网"),
        ("Search the web for the price of copper", BOTH, ["knowledge_base"], "web"),
        ("Search the web for the price of copper", ALL, ["web_search"], "looked up"),
        ("上网查一下铜价", ("web_search",), ["web_search"], "查找"),
        ("How are filters cleaned?", ("calculator",), [], "No tool that searches"),
        ("2025 年营收比 2024 年增长了多少？", ("knowledge_base",), ["knowledge_base"] * 2, "计算工具不可用"),
        ("2025 年营收比 2024 年增长了多少？", ("calculator",), [], "没有可用的检索工具"),
        ("What is 3 + 4?", ("knowledge_base",), [], "No calculator"),
        ("Summarise https://example.com/a.html", ALL, ["fetch_url"], "aspect"),
        ("Summarise https://example.com/a.html", BOTH, ["knowledge_base"], "no tool that reads pages"),
        ("分析铜市场的规模", ALL, ["web_search", "knowledge_base"], "方面"),
        ("anything", (), [], "No tool that searches"),
    ],
)
def test_only_allowed_tools_are_planned_and_what_is_missing_is_said(
    task: str, tools: Sequence[str], planned: list[str], said: str
) -> None:
    plan = plan_task(task, tools, "zh")

    assert tools_of(plan) == [*planned, SYNTHESIS]
    assert said in plan.thought


@pytest.mark.parametrize("max_steps", [1, 2, 3, 4, 15])
def test_steps_beyond_the_bound_are_left_out_with_what_needs_them(max_steps: int) -> None:
    task = "2025 年营收比 2024 年增长了百分之几？年假有几天？病假有几天？"

    plan = plan_task(task, BOTH, "zh", max_steps=max_steps)

    assert len(plan.steps) <= max_steps
    assert ("省略" in plan.thought) == (max_steps < 6)
    assert references_are_earlier(plan)


TASKS = st.text(max_size=300) | st.lists(
    st.sampled_from(
        [
            "2023",
            "年",
            "2024年",
            "营收",
            "比",
            "增长",
            "了",
            "多少",
            "百分之几",
            "？",
            "；",
            "1.",
            "2)",
            "和",
            "、",
            "的",
            "计算",
            "(3+4)*2",
            "%",
            "120",
            "元",
            "每人每天",
            "5",
            "人",
            "3",
            "天",
            "共",
            "分析",
            "市场",
            "规模",
            "{1}",
            "{0}",
            "{",
            "}",
            "how",
            "much",
            "more",
            "did",
            "revenue",
            "grow",
            "from",
            "2023",
            "to",
            "2024",
            "than",
            "in",
            "of",
            "and",
            "?",
            ";",
            "compare",
            "A",
            "B",
            "the",
            "ratio",
            "of",
            "total",
            "average",
            "https://example.com/x",
            "summarise",
            "report",
            "including",
            "$45",
            "per",
            "hour",
            "6",
            "people",
            "what",
            "percent",
            "is",
            "\n",
        ]
    ),
    max_size=40,
).map(" ".join)
TOOLS = st.lists(st.sampled_from(ALL), unique=True)


@given(TASKS, TOOLS, st.sampled_from(["zh", "en"]), st.integers(1, 50))
def test_any_text_has_a_plan(task: str, tools: list[str], language: str, max_steps: int) -> None:
    plan = plan_task(task, tools, "zh" if language == "zh" else "en", max_steps=max_steps)

    assert plan.steps[-1].tool == SYNTHESIS
    assert [step.step for step in plan.steps] == list(range(1, len(plan.steps) + 1))
    assert len(plan.steps) <= max_steps
    assert {step.tool for step in plan.steps[:-1]} <= set(tools)
    assert references_are_earlier(plan)


def references_are_earlier(plan: Plan) -> bool:
    finders = {step.step for step in plan.steps if step.tool in ("knowledge_base", "web_search")}
    return all(
        int(number) in finders and int(number) < step.step
        for step in plan.steps
        if step.tool == "calculator"
        for number in re.findall(r"\{(\d+)\}", str(step.arguments["expression"]))
    )


@pytest.mark.parametrize(
    "unit",
    [
        "1+",
        "2024 年",
        "多少",
        "和",
        "的",
        "? ",
        "1. ",
        "，",
        "a ",
        "and ",
        "of the ",
        "每人每天 120 元，",
        "$45 per hour ",
        "占",
        "比",
        "how much ",
        "from 2023 to 2024 ",
        "(",
        "分析",
        "、",
        "https://a.b/ ",
        "\n",
        "average of ",
        "3, ",
        "计算",
        "and also ",
        "it ",
    ],
)
def test_planning_takes_linear_time(unit: str) -> None:
    assert growth(lambda size: lambda: plan_task((unit * size)[:size], ALL, "zh"), 400, largest=16_000) < LIMIT
