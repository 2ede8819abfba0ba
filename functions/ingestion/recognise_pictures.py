"""Ingestion step: some pages without text, or pictures → what is written on them."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import IngestionEvent, RecogniseBatch
from voicehelper.ingestion.steps.recognise_pictures import recognise_pictures
from voicehelper.resources import content, recognition_provider


@pipeline_step(RecogniseBatch)
def handler(event: RecogniseBatch) -> IngestionEvent:
    return recognise_pictures(event, content=content(), provider=recognition_provider())
