"""Ingestion step: all vectors of the document → the index."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import DocumentChunked, IngestionEvent
from voicehelper.ingestion.steps.index_vectors import index_vectors
from voicehelper.resources import chunk_index, content, database, embedding_model, tariffs


@pipeline_step(DocumentChunked, span="store_vectors")
def handler(event: DocumentChunked) -> IngestionEvent:
    return index_vectors(
        event,
        database=database(),
        content=content(),
        index=chunk_index(),
        model=embedding_model(),
        tariff=tariffs().embedding,
    )
