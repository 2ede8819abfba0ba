"""Ingestion step: the uploaded file → blocks of text with their pages."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import DocumentParsed, ParseRequested
from voicehelper.ingestion.steps.parse_document import parse_document
from voicehelper.resources import content
from voicehelper.settings import settings


@pipeline_step(ParseRequested)
def handler(event: ParseRequested) -> DocumentParsed:
    own = settings()
    return parse_document(event, content=content(), lanes=own.embedding_lanes, recogniser=own.recogniser)
