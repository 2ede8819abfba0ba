"""Log lines that are metrics, and those that are not."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from infra.local.logs import Key, news
from infra.local.metrics import values


def _line(**more: Any) -> str:
    directive = {"Namespace": "N", "Dimensions": [["service"]], "Metrics": [{"Name": "Errors", "Unit": "Count"}]}
    return json.dumps({"_aws": {"Timestamp": 5000, "CloudWatchMetrics": [directive]}, "service": "s", **more})


def test_a_metric_line_names_its_namespace_dimensions_unit_and_time() -> None:
    assert list(values(_line(Errors=2))) == [
        (
            "N",
            {
                "MetricName": "Errors",
                "Dimensions": [{"Name": "service", "Value": "s"}],
                "Timestamp": 5.0,
                "Values": [2.0],
                "Unit": "Count",
            },
        )
    ]


def test_a_list_of_values_is_one_entry() -> None:
    assert [entry["Values"] for _, entry in values(_line(Errors=[1, 2]))] == [[1.0, 2.0]]


@pytest.mark.parametrize("message", ["", "plain", '{"_aws": 1}', '{"_aws": {}}', '"_aws"', _line()])
def test_any_other_line_is_no_metric(message: str) -> None:
    assert list(values(message)) == []


def _event(at: int, message: str = "m") -> dict[str, Any]:
    return {"logStreamName": "s", "timestamp": at, "message": message}


def test_an_event_is_news_once_however_the_window_moves() -> None:
    shown: Counter[Key] = Counter()

    assert news([_event(2), _event(1)], shown) == [_event(1), _event(2)]
    assert news([_event(2), _event(3)], shown) == [_event(3)]
    assert news([_event(3)], shown) == []


def test_the_same_line_twice_in_one_millisecond_counts_twice() -> None:
    shown: Counter[Key] = Counter()

    assert len(news([_event(1), _event(1)], shown)) == 2
    assert len(news([_event(1), _event(1), _event(1)], shown)) == 1
