"""SQS: an object arrived, or documents of a base were queued → one execution per attempt, however often told."""

from voicehelper.entry.queues import queue_consumer
from voicehelper.ingestion.attempts import start_for_message
from voicehelper.resources import database, ingestions, upload_queue


@queue_consumer
def handler(message: str) -> None:
    start_for_message(message, database=database(), ingestions=ingestions(), uploads=upload_queue())
