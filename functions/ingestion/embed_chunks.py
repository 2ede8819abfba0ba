"""Ingestion step: one batch of chunks → vectors; mapped over the batches."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import EmbedBatch, IngestionEvent
from voicehelper.ingestion.steps.embed_chunks import embed_chunks
from voicehelper.resources import content, embedder


@pipeline_step(EmbedBatch, span="vectorize")
def handler(event: EmbedBatch) -> IngestionEvent:
    return embed_chunks(event, content=content(), embedder=embedder())
