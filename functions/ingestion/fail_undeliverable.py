"""Handed over by the reader of the dead letters: what could not be handled ends its documents as failed."""

from voicehelper.entry.events import asynchronous_call
from voicehelper.ingestion.events import Undeliverable
from voicehelper.ingestion.failures import fail_undeliverable
from voicehelper.resources import database, upload_queue


@asynchronous_call(Undeliverable)
def handler(event: Undeliverable) -> None:
    fail_undeliverable(event.message, database=database(), uploads=upload_queue())
