"""Ingestion step: one batch of chunks → vectors; mapped over the batches."""

from voicehelper.adapters.content import content_store
from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import EmbedBatch, IngestionEvent
from voicehelper.llm.current import embedder
from voicehelper.steps import pipeline_step


@pipeline_step(EmbedBatch)
def handler(event: EmbedBatch) -> IngestionEvent:
    return pipeline.embed_batch(event, content=content_store(), embedder=embedder())
