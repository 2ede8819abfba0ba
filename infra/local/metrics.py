"""Turns metrics in log lines into CloudWatch metrics. AWS does this itself, the emulator does not.

Entry: ``pump()``, in a thread of the launcher.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from infra.local import logs
from infra.local.endpoint import Endpoint

PERIOD_S = 5.0


def pump(endpoint: Endpoint, ended: threading.Event) -> None:
    """Forward metrics until the event is set or the emulator has ended."""
    from botocore.exceptions import BotoCoreError

    with contextlib.suppress(BotoCoreError):
        read, write = endpoint.client("logs"), endpoint.client("cloudwatch")
        begin_ms, handled = int(time.time() * 1000), Counter[logs.Key]()
        while not ended.wait(PERIOD_S):
            hand_over(read, write, logs.window_start_ms(begin_ms), handled)


def hand_over(read: Any, write: Any, since_ms: int, handled: Counter[logs.Key]) -> int:
    """Forward what was logged since the last call; returns the number of entries. ``handled`` is updated."""
    new = [entry for event in logs.news(logs.events(read, since_ms), handled) for entry in values(event["message"])]
    for namespace in {namespace for namespace, _ in new}:
        entries = [entry for name, entry in new if name == namespace]
        for start in range(0, len(entries), 1000):  # the most that one call takes
            write.put_metric_data(Namespace=namespace, MetricData=entries[start : start + 1000])
    return len(new)


def values(message: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(namespace, entry of PutMetricData) for each value in a line of CloudWatch's embedded metric format.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    if '"_aws"' not in message:
        return
    try:
        record = json.loads(message)
        directives = record["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        for names in directive.get("Dimensions") or [[]]:
            dimensions = [{"Name": name, "Value": str(record.get(name, ""))} for name in names]
            for metric in directive["Metrics"]:
                if metric["Name"] in record:
                    yield directive["Namespace"], _entry(record, metric, dimensions)


def _entry(record: dict[str, Any], metric: dict[str, str], dimensions: list[dict[str, str]]) -> dict[str, Any]:
    value = record[metric["Name"]]
    return {
        "MetricName": metric["Name"],
        "Dimensions": dimensions,
        "Timestamp": record["_aws"]["Timestamp"] / 1000,
        "Values": [float(item) for item in (value if isinstance(value, list) else [value])],
        "Unit": metric.get("Unit", "None"),
    }
