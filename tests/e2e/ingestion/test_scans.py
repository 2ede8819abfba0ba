"""Scans through the whole pipeline: recognised, indexed, cited, shown with boxes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client
from tests.support.scans import as_file, pdf_of, scan

CONTRACT = pdf_of(
    ("Purchase contract between Northwind and Contoso.", "It was signed in Hamburg in spring."),
    scan("The delivery is due within 75 days.", "The penalty is 0.5 percent a day."),
)


@pytest.fixture(scope="module")
def base(client: Client) -> tuple[str, dict[str, Any]]:
    """(its id, documents by file name) once all are indexed."""
    kb_id = client.create_base("scans")
    files = {"contract.pdf": CONTRACT, "badge.png": as_file(scan("The spare badge lies in locker 417."))}
    ids = [client.upload(kb_id, name, body) for name, body in files.items()]
    client.wait(ids)
    documents = [client.json("GET", f"/api/v1/knowledge/documents/{document_id}") for document_id in ids]
    return kb_id, {document["filename"]: document for document in documents}


def test_coverage_says_which_pages_were_recognised(base: tuple[str, dict[str, Any]]) -> None:
    _, documents = base

    seen = {name: (document["status"], document["coverage"]) for name, document in documents.items()}

    assert {name: status for name, (status, _) in seen.items()} == dict.fromkeys(documents, "indexed")
    assert seen["contract.pdf"][1]["pages_recognised"] == [2]
    assert seen["badge.png"][1]["pages_recognised"] == [1]
    assert documents["contract.pdf"]["warnings"] == []


@pytest.mark.parametrize(
    ("question", "answer", "page"),
    [
        ("Within how many days is the delivery due?", "75", 2),
        ("In which locker is the spare badge?", "417", 1),
    ],
)
def test_a_recognised_page_answers_and_is_shown_with_its_boxes(
    client: Client, base: tuple[str, dict[str, Any]], question: str, answer: str, page: int
) -> None:
    kb_id, _ = base

    answered = client.ask(kb_id, question)
    source = answered["sources"][0]
    path = f"/api/v1/knowledge/documents/{source['document_id']}/pages/{page}"
    boxes = client.json("GET", f"{path}/boxes", params={"quote": source["quote"]})

    assert answer in answered["answer"]
    assert source["page"] == page
    assert 0.8 < source["recognised"] <= 1
    assert boxes["matched"] > 0.9
    assert boxes["boxes"]
    assert client.call("GET", path).content[:4] == b"RIFF"
