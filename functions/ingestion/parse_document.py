"""Ingestion step: the uploaded file → blocks of text with their pages."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import ChunkRequested, IngestionEvent
from voicehelper.ingestion.steps.parse_document import parse_document
from voicehelper.resources import content


@pipeline_step(IngestionEvent)
def handler(event: IngestionEvent) -> ChunkRequested:
    return parse_document(event, content=content())
