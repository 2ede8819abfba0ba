"""What CloudWatch publishes, read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from voicehelper.operations.alarms.changes import AlarmsCalled, read_change

from tests.support.alarm_board import published

EVENT = Path(__file__).parents[4] / "events" / "operations" / "route_alarm.json"


def test_the_example_is_read() -> None:
    [change] = AlarmsCalled.model_validate_json(EVENT.read_text("utf-8")).changes()

    assert (change.stack, change.kind, change.severity) == ("voicehelper-dev", "ErrorRate", "warning")
    assert (change.summary, change.value, change.bound) == ("Too many requests fail.", 12.5, "> 5")
    assert change.description.startswith("More than 5 %")


@pytest.mark.parametrize(("state", "fires"), [("ALARM", True), ("OK", False), ("INSUFFICIENT_DATA", False)])
def test_only_an_alarm_fires(state: str, fires: bool) -> None:
    assert read_change(json.loads(published("X", 1e9, state=state))).is_firing == fires


def test_an_alarm_that_somebody_made_by_hand_is_a_warning_by_its_name() -> None:
    message = json.loads(published("X", 1e9)) | {"AlarmName": "disk full", "AlarmDescription": None}

    change = read_change(message)

    assert (change.severity, change.summary, change.description, change.stack) == ("warning", "disk full", "", "")


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ("Threshold Crossed: 1 out of the last 1 datapoints [1.0E-4 (27/11/26 10:00:00)] was …", 0.0001),
        ("Threshold Crossed: 2 datapoints [7.0 (27/11/26 10:00:00), 8.0 (27/11/26 09:59:00)] were …", 7.0),
        ("no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].", None),
        ("", None),
    ],
)
def test_the_newest_value_is_in_the_reason(reason: str, value: float | None) -> None:
    assert read_change(json.loads(published("X", 1e9)) | {"NewStateReason": reason}).value == value


def test_the_clock_brings_no_changes() -> None:
    called = AlarmsCalled.model_validate({})

    assert (called.changes(), called.owner) == ([], "clock")
