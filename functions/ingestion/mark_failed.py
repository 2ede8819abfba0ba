"""Ingestion step: the attempt failed; record why in words a user can act on."""

from voicehelper.ingestion import failure
from voicehelper.ingestion.events import IngestionEvent, IngestionFailed
from voicehelper.resources import database
from voicehelper.steps import pipeline_step


@pipeline_step(IngestionFailed)
def handler(event: IngestionFailed) -> IngestionEvent:
    return failure.mark_failed(event, database=database())
