"""Metrics in log lines, in CloudWatch's embedded metric format."""

from __future__ import annotations

from typing import Final

from voicehelper.settings import settings

NAMESPACE: Final = "VoiceHelper"


def count(metric: str, value: float = 1) -> None:
    """Emit one value at once; the library is imported here, because the counted events are rare."""
    from aws_lambda_powertools import single_metric
    from aws_lambda_powertools.metrics import MetricUnit

    dimensions = {"service": "voicehelper", "environment": settings().stage}
    with single_metric(
        name=metric, unit=MetricUnit.Count, value=value, namespace=NAMESPACE, default_dimensions=dimensions
    ):
        """The context manager writes the line on exit."""
