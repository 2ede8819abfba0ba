"""Handed over by the reader of the dead letters: what could not be handled ends its documents, or its task."""

from voicehelper.agents.running import end_undeliverable
from voicehelper.entry.events import asynchronous_call
from voicehelper.ingestion.events import Undeliverable
from voicehelper.ingestion.failures import fail_undeliverable
from voicehelper.resources import database, upload_queue


@asynchronous_call(Undeliverable)
def handler(event: Undeliverable) -> None:
    end_undeliverable(event.message, database=database())
    fail_undeliverable(event.message, database=database(), uploads=upload_queue())
