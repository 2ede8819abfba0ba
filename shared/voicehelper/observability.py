"""Structured logs and metrics, one configuration for every function (OBS-1)."""

from __future__ import annotations

import functools
import json
import sys
import time
from typing import TYPE_CHECKING

from voicehelper.settings import settings

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

NAMESPACE = "VoiceHelper"


@functools.cache
def logger() -> Logger:
    from aws_lambda_powertools import Logger

    configured = Logger(service="voicehelper", use_rfc3339=True)
    configured.append_keys(version=settings().service_version, environment=settings().stage)
    return configured


def count(metric: str, value: float = 1, *, unit: str = "Count", **dimensions: str) -> None:
    """Emit one metric in CloudWatch's embedded metric format.

    Written by hand: Powertools' Metrics flushes in a decorator, and errors are counted after it has left.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    everywhere = {"service": "voicehelper", "environment": settings().stage, **dimensions}
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(everywhere)],
        "Metrics": [{"Name": metric, "Unit": unit}],
    }
    record = {
        "_aws": {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]},
        **everywhere,
        metric: value,
    }
    sys.stdout.write(json.dumps(record) + "\n")
