"""Every alarm fires and ends on a running product, and who is to know is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.alarms.definitions import Alarm, read
from infra.local.alarms.evaluation import Evaluator
from infra.local.logs import Key
from infra.local.metrics import hand_over
from tests.support.client import Client
from tests.support.polling import until
from tests.support.product import Product

pytestmark = pytest.mark.timeout(120)

# A metric's value in each period that makes an alarm of it: (of single ones, by their ids in an expression).
BREACHING: dict[str, dict[str, float]] = {
    "ServiceDown": {"requests": 10, "errors": 10},
    "DatabaseConnectionsAlarm": {"connections": 95},
    "ErrorRate": {"requests": 100, "errors": 6},
    "SlowAnswers": {"m": 4000},
    "TenantOverBudget": {"m": 1},
    "DeadLetters": {"m": 1},
    "PipelineFailures": {"m": 2},
    "WorkWaits": {"m": 1000},
    "Throttles": {"m": 3},
    "FewCacheHits": {"m": 0},
    "DatabaseAwake": {"m": 0.5},
}


@pytest.fixture
def alarms(product: Product) -> dict[str, Alarm]:
    if not product.alarms:
        pytest.skip("needs the stack's own emulator")
    return read(product.alarms["parameters"])


@pytest.fixture
def evaluator(product: Product, alarms: dict[str, Alarm]) -> Evaluator:
    client = product.endpoint.client
    return Evaluator(alarms, product.alarms["topic"], client("cloudwatch"), client("sns"))


def quiet_day() -> datetime:
    """On which no test of this run has put anything, at a full hour."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=3)


def data(alarm: Alarm, values: dict[str, float], at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Entries of PutMetricData for each of the alarm's periods before ``at``."""
    for metric in alarm.metrics:
        dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
        for number in range(alarm.evaluation_periods):
            stamp = at - timedelta(seconds=metric.period_s * (number + 1))
            entry = {"MetricName": metric.name, "Dimensions": dimensions, "Timestamp": stamp}
            yield metric.namespace, {**entry, "Value": values[metric.id]}


def texts(product: Product) -> str:
    """All that the webhook was sent, pages and messages."""
    assert product.alerts
    bodies = [json.loads(request.body) for request in product.alerts.requests]
    return "\n".join(body.get("text") or body["payload"]["custom_details"]["text"] for body in bodies)


def logged(product: Product, text: str) -> bool:
    logs = product.endpoint.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    answers = [logs.filter_log_events(logGroupName=group, filterPattern=f'"{text}"') for group in groups]
    return any(event for answer in answers for event in answer["events"] if text in event["message"])


def summary(alarm: Alarm) -> str:
    return alarm.description.partition("] ")[2].partition(".")[0]


def told(alarms: dict[str, Alarm], severity: str) -> list[Alarm]:
    return [alarm for alarm in alarms.values() if alarm.description.startswith(f"[{severity}]")]


def test_every_alarm_fires_and_ends_and_is_told_by_its_severity(
    product: Product, evaluator: Evaluator, alarms: dict[str, Alarm]
) -> None:
    at = quiet_day()
    for name, alarm in alarms.items():
        if name not in ("ServiceDown", "Throttles"):  # their requests are another alarm's, or of no dimension
            for namespace, entry in data(alarm, BREACHING[name], at):
                evaluator.metrics.put_metric_data(Namespace=namespace, MetricData=[entry])
    for namespace, entry in data(alarms["Throttles"], BREACHING["Throttles"], at):
        entry["Dimensions"] = [{"Name": "FunctionName", "Value": "some"}]
        evaluator.metrics.put_metric_data(Namespace=namespace, MetricData=[entry])

    states = evaluator.look(at)

    assert states == {name: "OK" if name == "ServiceDown" else "ALARM" for name in BREACHING}
    warnings = told(alarms, "warning")
    until(lambda: all(f"[FIRING] {summary(alarm)}" in texts(product) for alarm in warnings))
    until(lambda: f"[FIRING] {summary(alarms['DatabaseConnectionsAlarm'])}" in texts(product))
    until(lambda: logged(product, f"[FIRING] {summary(alarms['FewCacheHits'])}"))

    assert set(evaluator.look(at + timedelta(days=1)).values()) == {"OK"}
    until(lambda: all(f"[RESOLVED] {summary(alarm)}" in texts(product) for alarm in warnings))
    until(lambda: f"[RESOLVED] {summary(alarms['DatabaseConnectionsAlarm'])}" in texts(product))
    assert "Value 6, threshold > 5" in texts(product)
    assert "docs/operations.md#errorrate" in texts(product)
    assert not any(summary(alarm) in texts(product) for alarm in told(alarms, "info"))


def test_a_service_that_answers_nobody_is_paged(
    product: Product, evaluator: Evaluator, alarms: dict[str, Alarm]
) -> None:
    assert product.alerts
    at, down = quiet_day() + timedelta(hours=6), alarms["ServiceDown"]
    for namespace, entry in data(down, BREACHING["ServiceDown"], at):
        evaluator.metrics.put_metric_data(Namespace=namespace, MetricData=[entry])
    watching = Evaluator({"ServiceDown": down}, evaluator.topic_arn, evaluator.metrics, evaluator.topics)

    watching.look(at)
    until(lambda: f"[FIRING] {summary(down)}" in texts(product))
    watching.look(at + timedelta(minutes=5))
    until(lambda: f"[RESOLVED] {summary(down)}" in texts(product))

    pages = [body for request in product.alerts.requests if "payload" in (body := json.loads(request.body))]
    assert [page["event_action"] for page in pages if summary(down) in str(page)][-1] == "resolve"


def test_requests_errors_and_times_of_the_api_are_counted(
    client: Client, product: Product, evaluator: Evaluator, alarms: dict[str, Alarm]
) -> None:
    for _ in range(3):
        assert client.call("GET", "/health").is_success
    now = datetime.now(UTC)
    metrics = {m.name: m for name in ("ErrorRate", "SlowAnswers") for m in alarms[name].metrics}

    def counted(name: str) -> dict[int, float]:
        start = int(now.timestamp()) // 300 * 300
        return evaluator.series(metrics[name], start, start + 600)

    until(lambda: sum(counted("Count").values()) >= 3)

    assert sum(counted("5xx").values()) <= sum(counted("Count").values())
    assert all(milliseconds > 0 for milliseconds in counted("Latency").values())


def test_what_the_product_counts_is_what_the_alarm_reads(
    client: Client, product: Product, evaluator: Evaluator, alarms: dict[str, Alarm]
) -> None:
    """From a function's log line to the alarm's very metric."""
    begun = datetime.now(UTC)
    kb_id = client.create_base("counted")
    client.wait([client.upload(kb_id, "a.md", b"# Valve\n\nThe valve closes at 120 kPa.")])
    for _ in range(2):
        client.ask(kb_id, "At which pressure does the valve close?")
    logs, [metric] = product.endpoint.client("logs"), alarms["FewCacheHits"].metrics
    handled: Counter[Key] = Counter()

    def hits() -> dict[int, float]:
        hand_over(logs, evaluator.metrics, int(begun.timestamp() * 1000), handled)
        start = int(begun.timestamp()) // 300 * 300
        return evaluator.series(metric, start, start + 900)

    until(lambda: any(0 < share < 1 for share in hits().values()))
