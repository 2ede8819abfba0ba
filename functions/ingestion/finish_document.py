"""Ingestion step: count what the index holds and declare the document indexed (KB-4)."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.resources import database


@pipeline_step(IngestionEvent)
def handler(event: IngestionEvent) -> IngestionEvent:
    return pipeline.finish_document(event, database=database())
