"""Ingestion step: one batch of chunks → vectors; mapped over the batches."""

from voicehelper.adapters.content import content_store
from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import EmbedBatch, IngestionEvent
from voicehelper.models.configured import embedder


@pipeline_step(EmbedBatch)
def handler(event: EmbedBatch) -> IngestionEvent:
    return pipeline.embed_batch(event, content=content_store(), embedder=embedder())
