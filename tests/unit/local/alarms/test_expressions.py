"""Metric math as far as the alarms use it, and that the error rate is errors of all requests."""

from __future__ import annotations

import pytest

from infra.local.alarms.definitions import read
from infra.local.alarms.expressions import UnknownExpressionError, Value, evaluate

ALARMS = read({"Name": "n", "Stage": "dev", "ApiId": "a", "DatabaseCluster": "c", "DatabaseConnections": "200"})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("7", 7.0), ("a + b * 2", 8.0), ("(a + b) * 2", 10.0), ("a - b", -1.0), ("b / a", 1.5), ("b >= 3", 1.0),
        ("b < 3", 0.0), ("IF(b > a, 10, 20)", 10.0), ("IF(a > b, 10, 20)", 20.0), ("FILL(none, 4)", 4.0),
        ("FILL(a, 4)", 2.0), ("none + a", None), ("a / zero", None), ("IF(none > 1, 1, 2)", None),
        ("IF(zero > 0, a / zero, 0)", 0.0),
    ],
)  # fmt: skip
def test_an_expression_has_a_value_or_none(expression: str, expected: Value) -> None:
    assert evaluate(expression, {"a": 2.0, "b": 3.0, "none": None, "zero": 0.0}) == expected


@pytest.mark.parametrize(
    "expression",
    ["", "a +", "c", "a ** b", "SUM(a)", "__import__('os')", "a.b", "[a]", "'a'", "True", "IF(a, b)", "-a"],
)
def test_what_no_alarm_uses_is_refused(expression: str) -> None:
    with pytest.raises(UnknownExpressionError):
        evaluate(expression, {"a": 2.0, "b": 3.0})


def share(name: str, requests: Value, errors: Value) -> Value:
    return evaluate(ALARMS[name].expression, {"requests": requests, "errors": errors})


@pytest.mark.parametrize(
    ("requests", "errors", "expected"),
    [(100.0, 6.0, 6.0), (100.0, 0.0, 0.0), (1.0, 1.0, 100.0), (100.0, None, 0.0), (None, None, None), (0.0, 0.0, 0.0)],
)
def test_the_error_rate_is_errors_of_all_requests(requests: Value, errors: Value, expected: Value) -> None:
    """Divided by itself it would be 100 whenever there is an error."""
    assert share("ErrorRate", requests, errors) == expected


@pytest.mark.parametrize(
    ("requests", "errors", "expected"), [(3.0, 3.0, 100.0), (2.0, 2.0, 0.0), (200.0, 180.0, 90.0), (200.0, None, 0.0)]
)
def test_a_service_is_down_when_several_requests_fail(requests: Value, errors: Value, expected: Value) -> None:
    assert share("ServiceDown", requests, errors) == expected


def test_connections_are_a_share_of_what_the_database_takes() -> None:
    assert evaluate(ALARMS["DatabaseConnectionsAlarm"].expression, {"connections": 150.0}) == 75.0


def test_no_two_queries_of_an_error_rate_read_the_same_metric() -> None:
    for name in ("ErrorRate", "ServiceDown"):
        read_by = {metric.id: metric.name for metric in ALARMS[name].metrics}

        assert read_by == {"requests": "Count", "errors": "5xx"}
