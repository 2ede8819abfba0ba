"""Handed over by the upload queue's consumer: a deleted document or base → its objects and rows go; an ended attempt →
what those before it have left goes.
"""

from voicehelper.entry.events import asynchronous_call
from voicehelper.ingestion.events import DeletionDue
from voicehelper.knowledge.purging import purge
from voicehelper.resources import content, database


@asynchronous_call(DeletionDue)
def handler(request: DeletionDue) -> None:
    purge(request.root, database=database(), content=content())
