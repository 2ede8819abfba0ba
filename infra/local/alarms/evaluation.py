"""``Evaluator.look``: reads metrics, decides on states, and publishes changes as CloudWatch does.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
Of its periods only those count that are over, so a state changes up to one period later than on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from infra.local.alarms.definitions import Alarm, Metric
from infra.local.alarms.expressions import Value, evaluate
from infra.local.endpoint import ACCOUNT, REGION

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
_BREACHES: Final = {
    "GreaterThanThreshold": lambda value, bound: value > bound,
    "GreaterThanOrEqualToThreshold": lambda value, bound: value >= bound,
    "LessThanThreshold": lambda value, bound: value < bound,
    "LessThanOrEqualToThreshold": lambda value, bound: value <= bound,
}
_WORDS: Final = {
    "GreaterThanThreshold": "greater than the threshold",
    "GreaterThanOrEqualToThreshold": "greater than or equal to the threshold",
    "LessThanThreshold": "less than the threshold",
    "LessThanOrEqualToThreshold": "less than or equal to the threshold",
}
Datapoints = Sequence[tuple[datetime, Value]]  # the newest first


def state_of(alarm: Alarm, points: Datapoints, before: State) -> State:
    breaching = [_breaches(alarm, value) for _, value in points]
    if None in breaching and alarm.treat_missing == "ignore":
        return before
    if all(one is None for one in breaching):
        return "INSUFFICIENT_DATA"
    return "ALARM" if sum(bool(one) for one in breaching) >= alarm.datapoints_to_alarm else "OK"


def _breaches(alarm: Alarm, value: Value) -> bool | None:
    if value is not None:
        return bool(_BREACHES[alarm.operator](value, alarm.threshold))
    return {"breaching": True, "notBreaching": False}.get(alarm.treat_missing)


def reason_of(alarm: Alarm, points: Datapoints, state: State) -> str:
    seen = [f"{value} ({at:%d/%m/%y %H:%M:%S})" for at, value in points if value is not None]
    if not seen:
        missing = f"no datapoints were received for {len(points)} periods"
        return f"Threshold Crossed: {missing} and were treated as [{alarm.treat_missing}]."
    word = "was" if state == "ALARM" else "was not"
    number = f"{len(seen)} out of the last {len(points)} datapoints [{', '.join(seen)}]"
    return f"Threshold Crossed: {number} {word} {_WORDS[alarm.operator]} ({alarm.threshold})."


@dataclass
class Evaluator:
    """``metrics`` and ``topics`` are clients of CloudWatch and SNS. States are kept from one look to the next."""

    alarms: Mapping[str, Alarm]
    topic_arn: str
    metrics: Any
    topics: Any
    states: dict[str, State] = field(default_factory=dict)

    def look(self, now: datetime) -> dict[str, State]:
        """States of all alarms by logical id; changes are published."""
        for name, alarm in self.alarms.items():
            points = self._datapoints(alarm, now)
            before = self.states.get(name, "INSUFFICIENT_DATA")
            state = state_of(alarm, points, before)
            if state != before and state != "INSUFFICIENT_DATA":
                self._publish(alarm, points, before, state, now)
            self.states[name] = state
        return dict(self.states)

    def _datapoints(self, alarm: Alarm, now: datetime) -> Datapoints:
        end = int(now.timestamp()) // alarm.period_s * alarm.period_s
        starts = [end - alarm.period_s * (number + 1) for number in range(alarm.evaluation_periods)]
        series = {metric.id: self.series(metric, starts[-1], end) for metric in alarm.metrics}
        expression = alarm.expression or alarm.metrics[0].id
        return [
            (datetime.fromtimestamp(start, UTC), evaluate(expression, {n: s.get(start) for n, s in series.items()}))
            for start in starts
        ]

    def series(self, metric: Metric, start_s: int, end_s: int) -> dict[int, float]:
        """Values by the start of their period; of a metric without dimensions the sum of all of its kind."""
        named = {"Namespace": metric.namespace, "MetricName": metric.name}
        dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
        stat = {"Metric": {**named, "Dimensions": dimensions}, "Period": metric.period_s, "Stat": metric.statistic}
        answer = self.metrics.get_metric_data(
            MetricDataQueries=[{"Id": metric.id, "MetricStat": stat}],
            StartTime=datetime.fromtimestamp(start_s, UTC),
            EndTime=datetime.fromtimestamp(end_s, UTC),
        )
        [found] = answer["MetricDataResults"]
        return {int(at.timestamp()): value for at, value in zip(found["Timestamps"], found["Values"], strict=True)}

    def _publish(self, alarm: Alarm, points: Datapoints, before: State, state: State, now: datetime) -> None:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"""
        message = {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": ACCOUNT,
            "AlarmConfigurationUpdatedTimestamp": _stamp(now),
            "NewStateValue": state,
            "NewStateReason": reason_of(alarm, points, state),
            "StateChangeTime": _stamp(now),
            "Region": REGION,
            "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm.name}",
            "OldStateValue": before,
            "OKActions": [self.topic_arn],
            "AlarmActions": [self.topic_arn],
            "InsufficientDataActions": [],
            "Trigger": {**alarm.properties, "Threshold": alarm.threshold, "Period": alarm.period_s},
        }
        subject = f'{state}: "{alarm.name}" in {REGION}'
        self.topics.publish(TopicArn=self.topic_arn, Subject=subject[:100], Message=json.dumps(message))


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
