"""Rates that depend on the quantity are told, and never multiplied."""

from __future__ import annotations

import pytest
from voicehelper.agents.planning.plan import Observed, Plan, PlannedStep
from voicehelper.agents.planning.report import write_report
from voicehelper.agents.planning.rules import plan_task
from voicehelper.agents.planning.tiers import has_tiers
from voicehelper.agents.planning.values import UnresolvedError, resolve_arguments
from voicehelper.agents.tools.protocol import ToolFailure

from tests.unit.agents.planning.observations import answered

TIERED = [
    "A poster costs 6 euros for the first 20 copies and 4 euros for each further copy.",
    "The first two bags fly at $30 each. Every additional bag is $55.",
    "Storage is 12 yuan per box up to 40 boxes, and 9 yuan beyond.",
    "Seats cost $18 for 1 to 9 users and $15 for 10 or more.",
    "Translation is charged at $0.20 a word, and $0.15 a word above 5000 words.",
    "A lift pass is 40 euros on the first day, thereafter 35 euros a day.",
    "The fee is tiered: 8 yuan, then 6 yuan, then 5 yuan.",
    "The first 3 lessons cost 25 euros each.",
    "复印前 50 张每张 0.5 元，之后每张 0.3 元。",
    "快递首重 1 公斤 15 元，续重每公斤 6 元。",
    "用水 12 吨以内每吨 3 元，超出部分每吨 4.5 元。",
    "包车首小时 80 元，其余每小时 50 元。",
    "采购 200 件以上单价 70 元，200 件以下单价 85 元。",
    "充电服务费按阶梯计收：0.6 元、0.8 元、1 元。",
]
FLAT = [
    "A night in a single room is 95 euros, breakfast is 12 euros.",
    "The allowance is up to 300 yuan a day, meals included at 60 yuan.",
    "The X5 costs $480 and the X7 costs $620.",
    "培训费每人 1200 元，教材费每人 80 元。",
    "住宿费每晚不超过 420 元，餐费每天 90 元，超过部分自理。",
    "一线城市每晚 520 元，其他城市每晚 380 元。",
]


@pytest.mark.parametrize("text", TIERED)
def test_a_rate_with_tiers_is_seen(text: str) -> None:
    quote = text.split(". ")[0] + ("." if ". " in text else "")

    assert has_tiers(text, quote)


@pytest.mark.parametrize("text", FLAT)
def test_several_prices_are_no_tiers(text: str) -> None:
    assert not has_tiers(text, text)


def of_poster(observation: str) -> tuple[Plan, dict[int, Observed]]:
    plan = plan_task("What do 30 posters cost according to the price list?", ("knowledge_base", "calculator"), "en")
    question = str(plan.steps[0].arguments["question"])
    return plan, {1: answered(question, observation, step=1)}


@pytest.mark.parametrize("text", TIERED)
def test_a_rate_with_tiers_is_not_multiplied(text: str) -> None:
    _, observed = of_poster(f"{text} [1]")
    step = PlannedStep(step=2, description="", tool="calculator", arguments={"expression": "{1} * 30"})

    with pytest.raises(UnresolvedError):
        resolve_arguments(step, observed)


def test_a_flat_rate_is_multiplied() -> None:
    plan, observed = of_poster("One poster costs 6 euros. [1]")

    assert resolve_arguments(plan.steps[1], observed) == {"expression": "6 * 30"}


def test_the_report_says_so_and_quotes_the_tiers() -> None:
    plan, observed = of_poster(f"{TIERED[0]} [1]")
    failure = ToolFailure(code="VALUE_TIERED", details={"steps": "1"})
    refused = Observed(plan.steps[1], plan.steps[1].arguments, None, failure)

    text = write_report("What do 30 posters cost?", plan, [observed[1], refused], "en").text

    assert "first 20 copies and 4 euros for each further copy" in text
    assert "the rate depends on the quantity" in text
    assert "180" not in text
