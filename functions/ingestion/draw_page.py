"""Called for one page that somebody wants to see: the uploaded file → the page's picture in storage."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.ingestion.events import PageDrawn, PageRequested
from voicehelper.ingestion.steps.draw_page import draw_page
from voicehelper.resources import content


@pipeline_step(PageRequested)
def handler(event: PageRequested) -> PageDrawn:
    return draw_page(event, content=content())
