"""Log lines in the embedded metric format, and others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.metrics import values


def _line(**more: Any) -> str:
    directive = {"Namespace": "N", "Dimensions": [["service"]], "Metrics": [{"Name": "Errors", "Unit": "Count"}]}
    return json.dumps({"_aws": {"Timestamp": 5000, "CloudWatchMetrics": [directive]}, "service": "s", **more})


def test_a_metric_has_its_namespace_dimensions_unit_and_time() -> None:
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


def test_several_values_of_a_metric_are_one_entry() -> None:
    assert [entry["Values"] for _, entry in values(_line(Errors=[1, 2]))] == [[1.0, 2.0]]


@pytest.mark.parametrize("message", ["", "plain", '{"_aws": 1}', '{"_aws": {}}', '"_aws"', _line()])
def test_other_lines_hold_no_metrics(message: str) -> None:
    assert list(values(message)) == []
