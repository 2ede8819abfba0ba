"""When an alarm changes its state, and what is published then."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from voicehelper.operations.alarms.changes import read_change

from infra.local.alarms.definitions import Alarm, Metric
from infra.local.alarms.evaluation import Evaluator, State, state_of

NOW = datetime(2026, 11, 27, 10, 7, 30, tzinfo=UTC)
ALARM = Alarm(
    name="stack-Slow",
    description="[warning] Slow. Very.",
    metrics=(Metric("m", "N", "Latency", (("ApiId", "a"),), "p95", 300),),
    expression="",
    evaluation_periods=3,
    datapoints_to_alarm=3,
    threshold=5.0,
    operator="GreaterThanThreshold",
    treat_missing="notBreaching",
    properties={"ComparisonOperator": "GreaterThanThreshold"},
)


@dataclass
class Metrics:
    """CloudWatch: values by the start of their period, in minutes before ``NOW``'s last whole period."""

    values: dict[int, float] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def get_metric_data(self, **question: Any) -> dict[str, Any]:
        self.asked.append(question)
        points = {NOW.replace(minute=5, second=0) - timedelta(minutes=m): v for m, v in self.values.items()}
        inside = {at: v for at, v in points.items() if question["StartTime"] <= at < question["EndTime"]}
        return {"MetricDataResults": [{"Timestamps": [*inside], "Values": [*inside.values()]}]}


@dataclass
class Topics:
    messages: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, **message: Any) -> None:
        self.messages.append(json.loads(message["Message"]))


def points(*values: float | None) -> list[tuple[datetime, float | None]]:
    return [(NOW, value) for value in values]


@pytest.mark.parametrize(
    ("values", "expected"),
    [((6, 6, 6), "ALARM"), ((6, 5, 6), "OK"), ((6, 6, None), "OK"), ((None, None, None), "OK"), ((5, 5, 5), "OK")],
)
def test_every_period_must_breach_and_nothing_is_wrong_without_data(
    values: tuple[float | None, ...], expected: State
) -> None:
    assert state_of(ALARM, points(*values), "OK") == expected


def test_some_of_the_periods_suffice_where_the_alarm_says_so() -> None:
    assert state_of(replace(ALARM, datapoints_to_alarm=2), points(6, None, 6), "OK") == "ALARM"


@pytest.mark.parametrize(
    ("treat", "expected"),
    [("missing", "INSUFFICIENT_DATA"), ("ignore", "ALARM"), ("breaching", "ALARM"), ("notBreaching", "OK")],
)
def test_missing_data_are_what_the_alarm_says(treat: str, expected: State) -> None:
    assert state_of(replace(ALARM, treat_missing=treat), points(None, None, None), "ALARM") == expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("GreaterThanOrEqualToThreshold", 5.0, "ALARM"), ("LessThanThreshold", 4.9, "ALARM"),
        ("LessThanThreshold", 5.0, "OK"), ("LessThanOrEqualToThreshold", 5.0, "ALARM"),
    ],
)  # fmt: skip
def test_each_comparison_means_what_it_says(operator: str, value: float, expected: State) -> None:
    assert state_of(replace(ALARM, operator=operator), points(value, value, value), "OK") == expected


def test_whole_periods_are_read_by_their_exact_dimensions() -> None:
    metrics = Metrics()

    Evaluator({"Slow": ALARM}, "topic", metrics, Topics()).look(NOW)

    [question] = metrics.asked
    [query] = question["MetricDataQueries"]
    assert query["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "ApiId", "Value": "a"}]
    assert (question["StartTime"], question["EndTime"]) == (
        NOW.replace(minute=50, second=0) - timedelta(hours=1),
        NOW.replace(minute=5, second=0),
    )


def test_a_change_is_published_once_and_read_by_who_tells_it() -> None:
    topics = Topics()
    evaluator = Evaluator({"Slow": ALARM}, "topic", Metrics({5: 7.5, 10: 8.0, 15: 9.0}), topics)

    for _ in range(3):
        assert evaluator.look(NOW) == {"Slow": "ALARM"}

    change = read_change(topics.messages[0])
    assert len(topics.messages) == 1
    assert (change.alarm, change.is_firing, change.value, change.bound) == ("stack-Slow", True, 7.5, "> 5")
    assert change.at_ms == NOW.timestamp() * 1000


def test_the_end_is_published_when_data_stop() -> None:
    topics = Topics()
    evaluator = Evaluator({"Slow": ALARM}, "topic", Metrics({5: 7.5, 10: 8.0, 15: 9.0}), topics)
    evaluator.look(NOW)

    evaluator.look(NOW + timedelta(minutes=5))

    change = read_change(topics.messages[1])
    assert (change.is_firing, change.value) == (False, 7.5)


def test_an_alarm_that_has_no_data_from_the_start_is_fine() -> None:
    topics = Topics()

    Evaluator({"Slow": ALARM}, "topic", Metrics(), topics).look(NOW)

    assert [(m["OldStateValue"], m["NewStateValue"]) for m in topics.messages] == [("INSUFFICIENT_DATA", "OK")]
    assert read_change(topics.messages[0]).value is None
