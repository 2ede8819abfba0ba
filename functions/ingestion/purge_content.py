"""SQS: a deleted document or base → its objects and rows go."""

from voicehelper.adapters.content import content_store
from voicehelper.entry.steps import queue_consumer
from voicehelper.knowledge import purging
from voicehelper.resources import database


@queue_consumer
def handler(body: str) -> None:
    purging.purge(body, database=database(), content=content_store())
