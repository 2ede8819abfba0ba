"""Ingestion step: the uploaded file → blocks of text with their pages."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.ingestion.steps.parse_document import parse_document
from voicehelper.resources import content, database


@pipeline_step(IngestionEvent)
def handler(event: IngestionEvent) -> IngestionEvent:
    return parse_document(event, database=database(), content=content())
