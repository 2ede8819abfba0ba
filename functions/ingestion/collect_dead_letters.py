"""SQS dead-letter queue: an upload or an ended execution that could not be handled ends its document as failed."""

from voicehelper.entry.queues import queue_consumer
from voicehelper.ingestion.failures import fail_undeliverable
from voicehelper.resources import database


@queue_consumer
def handler(message: str) -> None:
    fail_undeliverable(message, database=database())
