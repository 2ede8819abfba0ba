"""Ingestion step: count what the index holds and declare the document indexed."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.ingestion.steps.finish_document import finish_document
from voicehelper.resources import chunk_index, database, start_upkeep, upload_queue


@pipeline_step(IngestionEvent)
def handler(event: IngestionEvent) -> IngestionEvent:
    return finish_document(
        event, database=database(), index=chunk_index(), uploads=upload_queue(), start_upkeep=start_upkeep
    )
