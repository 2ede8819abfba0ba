"""Ingestion step: all vectors of the document → the index."""

from voicehelper.adapters.content import content_store
from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import DocumentChunked, IngestionEvent
from voicehelper.llm.current import embedding_model
from voicehelper.resources import database
from voicehelper.steps import pipeline_step


@pipeline_step(DocumentChunked)
def handler(event: DocumentChunked) -> IngestionEvent:
    return pipeline.index_vectors(event, database=database(), content=content_store(), model=embedding_model())
