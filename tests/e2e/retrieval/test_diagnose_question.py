"""Diagnoses through the gateway: where the evidence for a question was lost, and what to change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client

PATH = "/api/v1/rag/diagnose"
RESPONSE = {"found", "lost_at", "stages", "expected", "advice", "status", "confidence", "answer"}


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    text = "# 报销\n\n市内交通费须在 30 天内报销。\n\n# 通信\n\n手机话费每月补贴 100 元。\n"
    return client.create_base_of("diagnosis", "财务制度.md", text)


def diagnose(client: Client, kb_id: str, query: str, **expected: Any) -> dict[str, Any]:
    return client.json("POST", PATH, json={"query": query, "kb_id": kb_id, "expected": expected})


def test_evidence_that_the_answer_cites_is_found(client: Client, kb_id: str) -> None:
    result = diagnose(client, kb_id, "市内交通费几天内报销？", filename="财务制度.md", text="３０天内报销")

    assert set(result) == RESPONSE
    assert (result["found"], result["lost_at"], result["status"]) == (True, None, "answered")
    assert result["expected"]["document_id"].startswith("doc-")
    assert result["expected"]["chunk_ids"][0].startswith("chunk-")
    assert {"name", "rank", "score", "seconds", "note"} == set(result["stages"][0])
    assert "30 天" in result["answer"]


def test_a_refused_question_names_what_lost_its_evidence(client: Client, kb_id: str) -> None:
    result = diagnose(client, kb_id, "停车费由谁承担，标准是什么？", text="手机话费每月补贴")

    assert (result["found"], result["status"]) == (False, "refused")
    assert result["lost_at"] in {"words_leg", "reading"}
    assert result["advice"]


@pytest.mark.parametrize("expected", [{}, {"text": ""}, {"page": 2}, {"document_id": 5}])
def test_an_expectation_that_names_nothing_is_refused(client: Client, kb_id: str, expected: dict[str, Any]) -> None:
    response = client.call("POST", PATH, json={"query": "x", "kb_id": kb_id, "expected": expected})

    assert response.status_code == 422
    assert response.json()["details"]["fields"][0]["field"].startswith("expected")


@pytest.mark.parametrize("unknown", ["kb-001", "kb-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"])
def test_unknown_bases_are_not_found(client: Client, unknown: str) -> None:
    response = client.call("POST", PATH, json={"query": "x", "kb_id": unknown, "expected": {"text": "x"}})

    assert (response.status_code, response.json()["code"]) == (404, "KNOWLEDGE_BASE_NOT_FOUND")


def test_foreign_bases_and_documents_are_not_found(client: Client, kb_id: str) -> None:
    stranger = Client(str(client.http.base_url))
    own = stranger.create_base("own")
    document_id = diagnose(client, kb_id, "x", filename="财务制度.md")["expected"]["document_id"]

    foreign = stranger.call("POST", PATH, json={"query": "x", "kb_id": kb_id, "expected": {"text": "x"}})
    other = diagnose(stranger, own, "x", document_id=document_id)

    assert foreign.status_code == 404
    assert (other["lost_at"], other["expected"]["document_id"]) == ("document", None)
