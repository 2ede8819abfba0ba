"""Ingestion step: the attempt failed; record why in words a user can act on."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import IngestionEvent, IngestionFailed
from voicehelper.ingestion.steps.mark_failed import mark_failed
from voicehelper.resources import database, upload_queue


@pipeline_step(IngestionFailed)
def handler(event: IngestionFailed) -> IngestionEvent:
    return mark_failed(event, database=database(), uploads=upload_queue())
