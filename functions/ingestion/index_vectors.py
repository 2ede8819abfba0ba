"""Ingestion step: all vectors of the document → the index."""

from voicehelper.adapters.content import content_store
from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import DocumentChunked, IngestionEvent
from voicehelper.models.configured import embedding_model
from voicehelper.resources import database


@pipeline_step(DocumentChunked)
def handler(event: DocumentChunked) -> IngestionEvent:
    return pipeline.index_vectors(event, database=database(), content=content_store(), model=embedding_model())
