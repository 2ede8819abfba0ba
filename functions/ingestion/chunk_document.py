"""Ingestion step: blocks → chunks, and the batches to embed."""

from voicehelper.adapters.content import content_store
from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import DocumentChunked, IngestionEvent
from voicehelper.resources import database


@pipeline_step(IngestionEvent)
def handler(event: IngestionEvent) -> DocumentChunked:
    return pipeline.chunk_document(event, database=database(), content=content_store())
