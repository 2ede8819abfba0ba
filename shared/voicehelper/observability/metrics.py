"""Metrics in log lines, in CloudWatch's embedded metric format.

The library for it takes 45 ms of CPU to import, which every process that answers a question would pay:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import sys
import time
from typing import Final

from voicehelper.settings import settings

NAMESPACE: Final = "VoiceHelper"


def count(metric: str, value: float = 1) -> None:
    """Emit one value at once. infra/alarms.yaml names these dimensions: with another one it is another metric."""
    dimensions = {"service": "voicehelper", "environment": settings().stage}
    directive = {"Namespace": NAMESPACE, "Dimensions": [[*dimensions]], "Metrics": [{"Name": metric, "Unit": "Count"}]}
    head = {"_aws": {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": [directive]}}
    sys.stdout.write(json.dumps({**head, **dimensions, metric: [value]}) + "\n")
    sys.stdout.flush()
