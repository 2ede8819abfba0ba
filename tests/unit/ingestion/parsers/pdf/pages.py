"""PDF documents drawn in memory."""

from __future__ import annotations

import io
from collections.abc import Callable

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.parsers.pdf.document import parse

STYLES = getSampleStyleSheet()
WIDTH, HEIGHT = A4
pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def parse_drawn(*pages: Callable[[Canvas], None]) -> ParsedDocument:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return parse(buffer.getvalue(), "made.pdf")


def parse_flowed(story: list[Flowable], columns: int = 1) -> ParsedDocument:
    buffer = io.BytesIO()
    width = (WIDTH - 100) / columns - 10
    frames = [Frame(50 + number * (width + 20), 60, width, HEIGHT - 120) for number in range(columns)]
    template = BaseDocTemplate(buffer, pagesize=A4)
    template.addPageTemplates(PageTemplate(frames=frames))
    template.build(story)
    return parse(buffer.getvalue(), "made.pdf")


def whole_text(parsed: ParsedDocument) -> str:
    return "\n".join(block.text for block in parsed.blocks)


def sentence(number: int) -> str:
    return f"Sentence {number} tells that the committee reviewed the work of the regional offices with great care. "
