"""SQS: a deleted document or base → its objects and rows go."""

from voicehelper.entry.queues import queue_consumer
from voicehelper.knowledge.purging import purge
from voicehelper.resources import content, database


@queue_consumer
def handler(message: str) -> None:
    purge(message, database=database(), content=content())
