"""SQS dead-letter queue: an upload event that could not be handled ends its document as failed."""

from voicehelper.entry.steps import queue_consumer
from voicehelper.ingestion import failure
from voicehelper.resources import database


@queue_consumer
def handler(body: str) -> None:
    failure.end_undeliverable(body, database=database())
