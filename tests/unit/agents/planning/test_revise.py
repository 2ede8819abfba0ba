from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.agents.planning.plan import SYNTHESIS, Observed, Plan, PlannedStep
from voicehelper.agents.planning.revise import revise
from voicehelper.agents.planning.rules import plan_task
from voicehelper.agents.tools.protocol import ToolFailure

from tests.unit.agents.planning.observations import answered, failed, refused

BOTH = ("knowledge_base", "calculator")
GROWTH = "2025 年营收比 2024 年增长了百分之几？"
FIRST, SECOND = "2024 年营收是多少？", "2025 年营收是多少？"


def shown(steps: list[PlannedStep]) -> list[tuple[int, str]]:
    return [(step.step, str(next(iter(step.arguments.values())))) for step in steps]


def not_computed(expression: str, step: int = 3) -> Observed:
    planned = PlannedStep(step=step, description="", tool="calculator", arguments={"expression": expression})
    return Observed(planned, planned.arguments, None, ToolFailure(code="VALUE_NOT_FOUND"))


def extended(plan: Plan, steps: list[PlannedStep]) -> Plan:
    *before, last = plan.steps
    numbered = [*before, *steps, last.model_copy(update={"step": len(before) + len(steps) + 1})]
    return plan.model_copy(update={"steps": numbered})


def test_nothing_follows_where_everything_was_found() -> None:
    plan = plan_task("年假有几天？", BOTH, "zh")

    assert revise("年假有几天？", plan, [answered("年假有几天？", "年假 10 天。[1]")], steps_left=5) == []


def test_a_refused_value_is_asked_in_other_words_and_computed_again() -> None:
    plan = plan_task(GROWTH, BOTH, "zh")
    observed = [
        answered(FIRST, "2024 年营收 10 亿元。[1]"),
        refused(SECOND, step=2),
        not_computed("({2} - {1}) / {1} * 100"),
    ]

    assert shown(revise(GROWTH, plan, observed, steps_left=5)) == [(4, "营收 2025 年"), (5, "({4} - {1}) / {1} * 100")]


def test_an_ambiguous_value_is_asked_in_other_words() -> None:
    plan = plan_task(GROWTH, BOTH, "zh")
    two = "2025 年国内营收 8 亿元，海外营收 9 亿元。[1]"
    observed = [
        answered(FIRST, "2024 年营收 10 亿元。[1]"),
        answered(SECOND, two, step=2),
        not_computed("({2} - {1}) / {1} * 100"),
    ]

    assert shown(revise(GROWTH, plan, observed, steps_left=5))[0] == (4, "营收 2025 年")


@pytest.mark.parametrize("steps_left", [0, 1])
def test_what_has_no_room_with_its_calculation_is_not_asked_for_it(steps_left: int) -> None:
    plan = plan_task(GROWTH, BOTH, "zh")
    two = "2025 年国内营收 8 亿元，海外营收 9 亿元。[1]"
    observed = [
        answered(FIRST, "2024 年营收 10 亿元。[1]"),
        answered(SECOND, two, step=2),
        not_computed("({2} - {1}) / {1} * 100"),
    ]

    assert revise(GROWTH, plan, observed, steps_left=steps_left) == []


def test_a_question_is_put_in_other_words_once() -> None:
    plan = plan_task(GROWTH, BOTH, "zh")
    observed = [refused(FIRST), refused(SECOND, step=2), not_computed("({2} - {1}) / {1} * 100")]
    again = revise(GROWTH, plan, observed, steps_left=9)
    asked = [refused(str(step.arguments["question"]), step=step.step) for step in again[:2]]

    assert shown(again) == [(4, "营收 2024 年"), (5, "营收 2025 年"), (6, "({5} - {4}) / {4} * 100")]
    more = [*observed, *asked, not_computed("({5} - {4}) / {4} * 100", step=6)]
    assert revise(GROWTH, extended(plan, again), more, steps_left=9) == []


@pytest.mark.parametrize(
    ("task", "other"),
    [
        ("Who signs the contract?", "who signs contract"),
        ("What is the notice period?", "notice period"),
        ("怎么清洗滤网？", "清洗滤网"),
        ("年假有几天？", "年假 天"),
        ("语音助手市场的规模是多少？", "语音助手市场 规模"),
        ("What was revenue in 2024?", "revenue 2024"),
    ],
)
def test_other_words_are_the_key_terms(task: str, other: str) -> None:
    plan = plan_task(task, BOTH, "en")

    assert shown(revise(task, plan, [refused(task)], steps_left=3)) == [(2, other)]


def test_a_tool_that_failed_is_not_asked_again() -> None:
    plan = plan_task("怎么清洗滤网？", BOTH, "zh")

    assert revise("怎么清洗滤网？", plan, [failed("怎么清洗滤网？")], steps_left=5) == []


@pytest.mark.parametrize(
    ("task", "observation", "expression"),
    [
        (
            "分析铜市场的规模",
            "2023 年市场规模为 120 亿元，2024 年达到 150 亿元。[1]",
            "(15000000000 - 12000000000) / 12000000000 * 100",
        ),
        (
            "分析铜市场的规模",
            "年份: 2023 | 规模: 80 万吨\n年份: 2024 | 规模: 100 万吨 [1]",
            "(1000000 - 800000) / 800000 * 100",
        ),
        (
            "分析铜市场的规模",
            "规模从 2020 年的 10 亿元增至 2024 年的 16 亿元。[1]",
            "((1600000000 / 1000000000) ** (1 / 4) - 1) * 100",
        ),
        (
            "Analyse the copper market: size",
            "The market was $12 billion in 2024, up from $10 billion in 2023. [1]",
            "(12000000000 - 10000000000) / 10000000000 * 100",
        ),
    ],
)
def test_growth_between_two_dated_values_of_a_report_is_computed(task: str, observation: str, expression: str) -> None:
    plan = plan_task(task, BOTH, "zh")
    observed = [answered(str(plan.steps[0].arguments["question"]), observation)]

    again = revise(task, plan, observed, steps_left=5)

    assert shown(again) == [(2, expression)]
    assert revise(task, extended(plan, again), observed, steps_left=5) == []


@pytest.mark.parametrize(
    ("task", "observation"),
    [
        ("铜市场的规模是多少？", "2023 年市场规模为 120 亿元，2024 年达到 150 亿元。[1]"),  # no report
        ("分析铜市场的规模", "2024 年市场规模为 150 亿元，同比增长 25%。[1]"),
        ("分析铜市场的规模", "2024 年规模 150 亿元，增长 30 亿元，2023 年成立 2 家公司。[1]"),
        ("分析铜市场的规模", "2024 年国内 90 亿元，海外 60 亿元；2023 年为 120 亿元。[1]"),
        ("Analyse the copper market: size", "The market was large in 2023 and in 2024. [1]"),
    ],
)
def test_no_growth_is_computed_of_anything_else(task: str, observation: str) -> None:
    plan = plan_task(task, BOTH, "zh")
    observed = [answered(str(plan.steps[0].arguments["question"]), observation)]

    assert revise(task, plan, observed, steps_left=5) == []


@given(st.text(max_size=80), st.lists(st.text(max_size=80) | st.none(), max_size=4), st.integers(0, 6))
def test_any_run_is_revised_within_its_bound(task: str, texts: list[str | None], steps_left: int) -> None:
    plan = plan_task(task, BOTH, "zh")
    asked = [(step.step, str(step.arguments.get("question", ""))) for step in plan.steps if step.tool != SYNTHESIS]
    pairs = zip(asked, texts, strict=False)
    observed = [answered(q, text, step=n) if text is not None else refused(q, step=n) for (n, q), text in pairs]

    again = revise(task, plan, observed, steps_left=steps_left)

    assert len(again) <= steps_left
    assert [step.step for step in again] == list(range(len(plan.steps), len(plan.steps) + len(again)))
