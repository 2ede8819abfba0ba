"""Handed over by the upload queue's consumer: a deleted document or base → its objects and rows go."""

from voicehelper.entry.events import asynchronous_call
from voicehelper.ingestion.events import PurgeRequested
from voicehelper.knowledge.purging import purge
from voicehelper.resources import content, database


@asynchronous_call(PurgeRequested)
def handler(request: PurgeRequested) -> None:
    purge(request, database=database(), content=content())
