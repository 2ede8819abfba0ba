"""EventBridge: an execution that failed, timed out or was stopped without its own last word ends its document."""

from typing import Any

from voicehelper.ingestion import failure
from voicehelper.resources import database


def handler(event: dict[str, Any], context: Any) -> None:
    failure.end_overdue(event["detail"]["input"], event["detail"]["status"], database=database())
