"""Ingestion step: count what the index holds and declare the document indexed (KB-4)."""

from voicehelper.ingestion import pipeline
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.resources import database
from voicehelper.steps import pipeline_step


@pipeline_step(IngestionEvent)
def handler(event: IngestionEvent) -> IngestionEvent:
    return pipeline.finish_document(event, database=database())
