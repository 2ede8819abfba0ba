"""Ingestion step: chunks → the index; from here on BM25 finds the document."""

from voicehelper.adapters.content import content_store
from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import DocumentChunked
from voicehelper.resources import database


@pipeline_step(DocumentChunked)
def handler(event: DocumentChunked) -> DocumentChunked:
    return pipeline.index_text(event, database=database(), content=content_store())
