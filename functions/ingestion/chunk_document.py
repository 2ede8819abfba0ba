"""Ingestion step: blocks → chunks, and the batches to embed."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import ChunkRequested, DocumentChunked
from voicehelper.ingestion.steps.chunk_document import chunk_document
from voicehelper.resources import content, database
from voicehelper.settings import settings


@pipeline_step(ChunkRequested)
def handler(event: ChunkRequested) -> DocumentChunked:
    return chunk_document(event, database=database(), content=content(), lanes=settings().embedding_lanes)
