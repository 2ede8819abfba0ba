"""Every metric that an alarm reads is there, under exactly its dimensions, and every alarm is in the run book."""

from __future__ import annotations

import json
import re

import pytest
from voicehelper.observability.metrics import count

from infra.costs import bill, deployment, measured
from infra.local.alarms.definitions import ALARM, FILE, Alarm, Metric, read
from infra.local.paths import ROOT
from infra.template import read as read_template

PARAMETERS = {"Name": "stack", "Stage": "local", "ApiId": "api", "UploadQueue": "queue", "DatabaseCluster": "cluster"}
ALARMS = read({**PARAMETERS, "DatabaseConnections": "100"}) | read(
    {**PARAMETERS, "Stage": "dev", "DatabaseConnections": "100"}
)
METRICS = [(name, metric) for name, alarm in ALARMS.items() for metric in alarm.metrics]
# What AWS publishes by itself, and for what:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
OF_AWS = {
    "AWS/ApiGateway": ({"Count", "5xx", "Latency"}, ("ApiId",)),
    "AWS/SQS": ({"ApproximateAgeOfOldestMessage"}, ("QueueName",)),
    "AWS/Lambda": ({"Throttles"}, ()),
    "AWS/RDS": ({"DatabaseConnections", "ServerlessDatabaseCapacity"}, ("DBClusterIdentifier",)),
}
RUN_BOOK = ROOT / "docs" / "operations.md"


def emitted(name: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Namespace and dimensions of what the product's code writes."""
    count(name)
    line = json.loads(capsys.readouterr().out)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    [names] = directive["Dimensions"]
    return directive["Namespace"], tuple((key, line[key]) for key in names)


@pytest.mark.parametrize(("alarm", "metric"), METRICS, ids=lambda one: one if isinstance(one, str) else one.name)
def test_the_metric_of_an_alarm_is_emitted(alarm: str, metric: Metric, capsys: pytest.CaptureFixture[str]) -> None:
    if metric.namespace in OF_AWS:
        names, dimensions = OF_AWS[metric.namespace]
        assert (metric.name in names, tuple(name for name, _ in metric.dimensions)) == (True, dimensions)
        return
    namespace, written = emitted(metric.name, capsys)
    stage = dict(metric.dimensions)["environment"]

    assert metric.name in bill.metric_names()
    assert (metric.namespace, metric.dimensions) == (namespace, (written[0], ("environment", stage)))


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=lambda alarm: alarm.name)
def test_an_alarm_has_a_severity_and_is_quiet_when_nothing_runs(alarm: Alarm) -> None:
    assert re.match(r"\[(critical|warning|info)\] [^.]+\. \S", alarm.description)
    assert alarm.treat_missing == "notBreaching"
    assert alarm.evaluation_periods * alarm.period_s <= 86_400, "CloudWatch looks back a day at most"


def test_every_alarm_tells_when_it_begins_and_when_it_ends() -> None:
    for own in read_template(FILE).resources(ALARM).values():
        assert own["AlarmActions"] == own["OKActions"] == [{"Ref": "Topic"}]


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=lambda alarm: alarm.name)
def test_an_alarm_has_a_section_in_the_run_book(alarm: Alarm) -> None:
    assert f"\n### {alarm.name.partition('-')[2]}\n" in RUN_BOOK.read_text("utf-8")


@pytest.mark.parametrize(("stage", "metrics"), [("dev", 13), ("prod", 12)])
def test_each_metric_of_an_alarm_is_paid(stage: str, metrics: int) -> None:
    own = deployment.read(stage).of_kind(ALARM).values()
    lines = bill.idle_month(deployment.read(stage), measured.read(), bill.read_prices())
    [line] = [line for line in lines if "alarm" in line.item]

    assert sum(sum("MetricStat" in query for query in one.get("Metrics", ())) or 1 for one in own) == metrics
    assert line.usd == pytest.approx((metrics - 10) * 0.10)


def test_only_this_account_s_alarms_publish() -> None:
    [policy] = read_template(FILE).resources("AWS::SNS::TopicPolicy").values()
    [statement] = policy["PolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"].endswith(":alarm:${Name}-*")


def test_the_dashboard_has_no_more_metrics_than_are_free() -> None:
    [dashboard] = read_template(FILE).resources("AWS::CloudWatch::Dashboard").values()
    text, names = dashboard["DashboardBody"]["Fn::Sub"]
    body = json.loads(text.replace("${Own}", '"service", "voicehelper", "environment", "dev"'))
    shown = [metric for widget in body["widgets"] for metric in widget["properties"]["metrics"]]

    assert set(names) == {"Own", "Machines", "Cluster"}
    assert 20 < len(shown) <= 50
