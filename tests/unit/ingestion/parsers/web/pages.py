"""What is read of a page, as text and with its kind."""

from __future__ import annotations

from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument

from tests.unit.ingestion.samples import texts


def page(body: str, style: str = "") -> ParsedDocument:
    return parse_document(f"<html><head><style>{style}</style></head><body>{body}</body></html>".encode(), "page.html")


def read(body: str, style: str = "") -> list[str]:
    return texts(page(body, style))
