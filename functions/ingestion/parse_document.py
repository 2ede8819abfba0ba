"""Ingestion step: the uploaded file → blocks of text with their pages."""

from voicehelper.adapters.content import content_store
from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.resources import database


@pipeline_step(IngestionEvent)
def handler(event: IngestionEvent) -> IngestionEvent:
    return pipeline.parse_document(event, database=database(), content=content_store())
