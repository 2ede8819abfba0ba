"""Alarms as infra/alarms.yaml defines them, with the parameters of the deployed stack. Entry: ``read``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra import template
from infra.costs.values import Scope
from infra.local.paths import ROOT

ALARM: Final = "AWS::CloudWatch::Alarm"
FILE: Final = ROOT / "infra" / "alarms.yaml"


@dataclass(frozen=True, slots=True)
class Metric:
    """One statistic of one metric; ``id`` is its name in an expression."""

    id: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period_s: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """Without an expression it has one metric. ``properties`` are those that CloudWatch tells along."""

    name: str
    description: str
    metrics: tuple[Metric, ...]
    expression: str
    evaluation_periods: int
    datapoints_to_alarm: int
    threshold: float
    operator: str
    treat_missing: str
    properties: Mapping[str, Any]

    @property
    def period_s(self) -> int:
        return self.metrics[0].period_s


def read(parameters: Mapping[str, str], path: Path = FILE) -> dict[str, Alarm]:
    """By logical id, those whose condition holds."""
    scope = Scope(template.read(path).document, parameters)
    return {name: _alarm(properties) for name, kind, properties in scope.resources() if kind == ALARM}


def _alarm(own: dict[str, Any]) -> Alarm:
    queries = own.get("Metrics", [])
    [expression] = [query["Expression"] for query in queries if "Expression" in query] or [""]
    metrics = [_metric(query["Id"], query["MetricStat"]) for query in queries if "MetricStat" in query]
    periods = int(own["EvaluationPeriods"])
    return Alarm(
        name=str(own["AlarmName"]),
        description=" ".join(str(own["AlarmDescription"]).split()),
        metrics=tuple(metrics or [_metric("m", _single(own))]),
        expression=expression,
        evaluation_periods=periods,
        datapoints_to_alarm=int(own.get("DatapointsToAlarm", periods)),
        threshold=float(own["Threshold"]),
        operator=str(own["ComparisonOperator"]),
        treat_missing=str(own.get("TreatMissingData", "missing")),
        properties={name: value for name, value in own.items() if name not in ("AlarmActions", "OKActions")},
    )


def _single(own: dict[str, Any]) -> dict[str, Any]:
    metric = {name: own[name] for name in ("Namespace", "MetricName", "Dimensions") if name in own}
    return {"Metric": metric, "Period": own["Period"], "Stat": own.get("ExtendedStatistic") or own["Statistic"]}


def _metric(name: str, stat: dict[str, Any]) -> Metric:
    metric = stat["Metric"]
    dimensions = tuple((item["Name"], str(item["Value"])) for item in metric.get("Dimensions", ()))
    return Metric(name, metric["Namespace"], metric["MetricName"], dimensions, stat["Stat"], int(stat["Period"]))
