"""The arithmetic of infra/costs: conditions, the walk through a state machine, and how long a database is awake."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from infra import cost
from infra.costs.definition import calls, follow, transitions, walk
from infra.costs.measured import Measured
from infra.costs.usage import Pattern
from infra.costs.values import Scope

HALF_ACU_HOUR = 0.06
SOME = {
    "Parameters": {"Stage": {"Default": "dev"}, "Lanes": {"Default": 0}, "Subnets": {"Default": ""}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Bounds": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Lanes"}, 0]}]},
        "Given": {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Subnets"}]}, ""]}]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "Bounds"}]},
    },
    "Resources": {
        "Always": {
            "Type": "A",
            "Properties": {
                "Least": {"Fn::If": ["IsProd", 0.5, 0]},
                "Pause": {"Fn::If": ["IsProd", {"Ref": "AWS::NoValue"}, 300]},
                "Arn": {"Fn::GetAtt": ["Other", "Arn"]},
            },
        },
        "Sometimes": {"Type": "B", "Condition": "Both"},
    },
}


def task(following: str | None = None) -> dict[str, Any]:
    return {"Type": "Task", "Resource": "f", **({"Next": following} if following else {"End": True})}


def test_values_follow_from_a_stages_parameters() -> None:
    dev, prod = Scope(SOME, {}), Scope(SOME, {"Stage": "prod", "Lanes": "20", "Unknown": "x"})

    arn = {"Fn::GetAtt": ["Other", "Arn"]}
    assert list(dev.resources()) == [("Always", "A", {"Least": 0, "Pause": 300, "Arn": arn})]
    assert list(prod.resources()) == [("Always", "A", {"Least": 0.5, "Arn": arn}), ("Sometimes", "B", {})]
    assert not dev.holds("Given")


def test_a_walk_enters_each_state_of_a_first_attempt() -> None:
    inner = {"StartAt": "Item", "States": {"Item": task()}}
    machine = {
        "StartAt": "Choose",
        "States": {
            "Choose": {"Type": "Choice", "Choices": [{"Next": "Never"}], "Default": "First"},
            "First": task("Each"),
            "Never": task(),
            "Each": {"Type": "Map", "MaxConcurrency": 4, "ItemProcessor": inner, "Next": "Last"},
            "Last": task(),
        },
    }

    states = walk(machine, items=10)

    assert transitions(states) == 4 + 10
    assert calls(states) == Counter({"f": 12})
    assert {state.name: state.rounds for state in states} == {"Choose": 1, "First": 1, "Each": 1, "Item": 3, "Last": 1}


def test_a_map_without_items_is_entered_alone() -> None:
    machine = {
        "StartAt": "Each",
        "States": {"Each": {"Type": "Map", "ItemProcessor": {"StartAt": "Item", "States": {"Item": task()}}}},
    }

    assert transitions(walk(machine, items=0)) == 1


def test_branches_are_entered_all() -> None:
    branch = {"StartAt": "Item", "States": {"Item": task()}}
    machine = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": [branch, branch], "End": True}}}

    assert transitions(walk(machine, items=0)) == 3


@pytest.mark.parametrize(
    ("days", "a_day", "hours", "tail_min", "usd"),
    [(1, 1_000, 1, 11, 0.07), (5, 200, 8, 11, 2.46), (20, 50, 8, 11, 9.82), (20, 50, 8, 6, 6.00), (1, 1, 0, 11, 0.01)],
)
def test_a_database_is_awake_between_uses_and_after_the_last(
    days: int, a_day: int, hours: float, tail_min: float, usd: float
) -> None:
    awake_s = Pattern("", days, a_day, hours).awake_s(tail_min * 60)

    assert awake_s / 3600 * HALF_ACU_HOUR == pytest.approx(usd, abs=0.006)


def test_a_use_begins_anew_where_nothing_is_left_of_the_one_before() -> None:
    spread = Pattern("", 20, 50, 8)

    assert spread.begun_anew(kept_s=300) == 1_000
    assert spread.begun_anew(kept_s=600) == 20


def test_a_function_below_a_core_takes_longer_for_the_same_work() -> None:
    times = Measured({"functions": {"F": {"cpu_ms": 100, "wait_ms": 20, "cold_cpu_ms": 1_000}}})

    assert times.warm_s("F", 1_769) == times.warm_s("F", 3_538) == pytest.approx(0.12)
    assert times.warm_s("F", 512) == pytest.approx(0.1 * 1_769 / 512 + 0.02)
    assert times.cold_s("F", 512) == pytest.approx(1_769 / 512)


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("above\n<!-- cost:begin -->\nold\n<!-- cost:end -->\nbelow\n", "utf-8")

    cost.replace_table(readme, r"| \1 |")

    assert readme.read_text("utf-8") == "above\n<!-- cost:begin -->\n| \\1 |\n<!-- cost:end -->\nbelow\n"


CHOOSING: dict[str, Any] = {
    "StartAt": "Plan",
    "States": {
        "Plan": {"Type": "Task", "Resource": "p", "Next": "Choose"},
        "Choose": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.next", "StringEquals": "add", "Next": "Add"},
                {"Variable": "$.next", "StringEquals": "look", "Next": "Look"},
            ],
            "Default": "End",
        },
        "Add": {"Type": "Task", "Resource": "a", "Next": "Choose"},
        "Look": {"Type": "Task", "Resource": "l", "Next": "Choose"},
        "End": {"Type": "Succeed"},
    },
}


def test_a_way_is_followed_by_what_its_choices_find() -> None:
    states = follow(CHOOSING, ["add", "look", "add", "neither"])

    assert [state.name for state in states] == [
        *("Plan", "Choose", "Add", "Choose", "Look", "Choose", "Add", "Choose", "End")
    ]
    assert calls(states) == {"p": 1, "a": 2, "l": 1}


def test_a_way_with_more_choices_than_values_is_refused() -> None:
    with pytest.raises(ValueError, match="more choices"):
        follow(CHOOSING, ["add"])
