"""Ingestion step: chunks → the index; from here on words find the document."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import DocumentChunked
from voicehelper.ingestion.steps.index_text import index_text
from voicehelper.resources import chunk_index, content, database


@pipeline_step(DocumentChunked)
def handler(event: DocumentChunked) -> DocumentChunked:
    return index_text(event, database=database(), content=content(), index=chunk_index())
