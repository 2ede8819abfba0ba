"""EventBridge: an execution that failed, timed out or was stopped, and recorded no end, ends its document or task."""

from typing import Any

from voicehelper.agents.running import end_lost_execution
from voicehelper.entry.events import event_target
from voicehelper.ingestion.failures import count_failure, fail_ended_execution
from voicehelper.resources import database, upload_queue


@event_target
def handler(detail: dict[str, Any]) -> None:
    count_failure(detail["status"])
    end_lost_execution(detail["input"], detail["status"], database=database())
    fail_ended_execution(detail["input"], detail["status"], database=database(), uploads=upload_queue())
