"""A citation is shown on its page: the page's picture, and the boxes of the quote on it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.support.client import Client

UNKNOWN = "/api/v1/knowledge/documents/doc-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f/pages/1"
QUOTE = "The pump is serviced every 400 hours."


def manual() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for text in ("The valve opens at six bar.", QUOTE):
        canvas.drawString(60, 700, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    return client.create_base("pages")


@pytest.fixture(scope="module")
def source(client: Client, kb_id: str) -> dict[str, Any]:
    """Of an answer, as every client gets it."""
    client.wait([client.upload(kb_id, "pump.pdf", manual())])
    (first, *_) = client.ask(kb_id, "How often is the pump serviced?")["sources"]
    return dict(first)


def page_of(source: dict[str, Any]) -> str:
    return f"/api/v1/knowledge/documents/{source['document_id']}/pages/{source['page']}"


def test_a_source_is_shown_on_its_page(client: Client, source: dict[str, Any]) -> None:
    first, second = (client.call("GET", page_of(source)) for _ in range(2))
    known = client.call("GET", page_of(source), headers={"if-none-match": first.headers["etag"]})

    assert source["page"] == 2
    assert (first.status_code, first.headers["content-type"]) == (200, "image/webp")
    assert first.content[:4] == b"RIFF"
    assert first.content == second.content
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("by", ["quote", "chunk_id"])
def test_the_quote_has_its_boxes(client: Client, source: dict[str, Any], by: str) -> None:
    found = client.json("GET", f"{page_of(source)}/boxes", params={by: source[by]})

    ((left, top, right, bottom),) = found["boxes"]
    assert (found["page"], found["matched"]) == (2, 1)
    assert 0.08 < left < right < 0.6
    assert 0.14 < top < bottom < 0.2


def test_what_has_no_page_says_so(client: Client, kb_id: str, source: dict[str, Any]) -> None:
    text = client.upload(kb_id, "note.txt", b"The door opens at nine.")
    client.wait([text])
    beyond = page_of(source).replace("/pages/2", "/pages/3")
    of_text = f"/api/v1/knowledge/documents/{text}/pages/1"
    other_chunk = {"chunk_id": "chunk-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"}

    answers = [
        client.call("GET", beyond),
        client.call("GET", f"{beyond}/boxes", params={"quote": "pump"}),
        client.call("GET", of_text),
        client.call("GET", UNKNOWN),
        client.call("GET", f"{UNKNOWN}/boxes", params={"quote": "pump"}),
        client.call("GET", f"{page_of(source)}/boxes"),
        client.call("GET", f"{page_of(source)}/boxes", params=other_chunk),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (404, "PAGE_NOT_FOUND"),
        (404, "PAGE_NOT_FOUND"),
        (404, "DOCUMENT_HAS_NO_PAGES"),
        (404, "DOCUMENT_NOT_FOUND"),
        (404, "DOCUMENT_NOT_FOUND"),
        (422, "QUOTE_MISSING"),
        (404, "CHUNK_NOT_FOUND"),
    ]
