"""The same question again, through the whole product: answered from the cache until something changes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.support.client import Client
from tests.support.product import Product

NAME = "Locker rules.md"
QUESTION = "What is the deposit for a locker?"


def rules(euros: int) -> bytes:
    return f"# Lockers\n\nThe deposit for a locker is {euros} euros.\n".encode()


def is_cached(answer: dict[str, Any]) -> bool:
    assert answer["metrics"]["cache_hit"] == ("semantic_cache" in answer["features_used"])
    return bool(answer["metrics"]["cache_hit"])


@pytest.fixture
def base(client: Client) -> tuple[str, str]:
    """(base, document) with an answer that is cached."""
    kb_id = client.create_base(f"lockers_{uuid4().hex[:8]}")
    client.wait([client.upload(kb_id, "Towels.md", b"# Towels\n\nTowels are free.\n")])
    document_id = client.upload(kb_id, NAME, rules(15))
    client.wait([document_id])
    assert [is_cached(client.ask(kb_id, QUESTION)) for _ in range(2)] == [False, True]
    return kb_id, document_id


def test_a_cached_answer_is_the_answer_at_no_cost(client: Client, base: tuple[str, str]) -> None:
    cached, fresh = client.ask(base[0], QUESTION), client.ask(base[0], QUESTION, use_cache=False)

    metrics = cached["metrics"]

    assert (is_cached(cached), is_cached(fresh)) == (True, False)
    assert (metrics["tokens_used"], metrics["cost_usd"], metrics["generation_latency"]) == (0, 0, 0)
    for name in ("answer", "status", "confidence", "query_classifier", "closest", "degraded", "ignored_options"):
        assert cached[name] == fresh[name]
    for one, other in zip(cached["sources"], fresh["sources"], strict=True):
        assert {**one, "url": ""} == {**other, "url": ""}
    assert "15 euros" in client.open_link(cached["sources"][0]["url"]).text


def test_a_question_in_other_words_is_answered_from_the_cache_and_another_question_is_not(
    client: Client, base: tuple[str, str]
) -> None:
    polite = client.ask(base[0], "Hello, what's the deposit for a locker? Thanks!")
    others = [
        client.ask(base[0], text)
        for text in ("What was the deposit for a locker?", "What is the deposit for locker 2?")
    ]

    assert is_cached(polite)
    assert not any(map(is_cached, others))


def test_a_new_version_its_restoring_and_its_deletion_end_the_answer(client: Client, base: tuple[str, str]) -> None:
    kb_id, first_id = base

    second_id = client.upload(kb_id, NAME, rules(20))
    client.wait([second_id])
    newer = [client.ask(kb_id, QUESTION) for _ in range(2)]
    client.json("POST", f"/api/v1/knowledge/documents/{first_id}/restore")
    client.wait([first_id])
    restored = [client.ask(kb_id, QUESTION) for _ in range(2)]
    client.call("DELETE", f"/api/v1/knowledge/documents/{first_id}")
    deleted = client.ask(kb_id, QUESTION)

    assert [(is_cached(answer), "20 euros" in answer["answer"]) for answer in newer] == [(False, True), (True, True)]
    assert [(is_cached(answer), "15 euros" in answer["answer"]) for answer in restored] == [(False, True), (True, True)]
    assert (is_cached(deleted), "euros" in deleted["answer"]) == (False, False)


def test_indexing_again_ends_the_answer(client: Client, base: tuple[str, str]) -> None:
    kb_id, document_id = base

    client.json("POST", f"/api/v1/knowledge/documents/{document_id}/reindex")
    client.wait([document_id])
    of_the_document = [is_cached(client.ask(kb_id, QUESTION)) for _ in range(2)]
    client.json("POST", f"/api/v1/knowledge/bases/{kb_id}/reindex")
    documents = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")["items"]
    client.wait(document["id"] for document in documents)
    of_the_base = is_cached(client.ask(kb_id, QUESTION))

    assert of_the_document == [False, True]
    assert not of_the_base


def test_a_tenant_is_not_answered_with_anothers_answer(client: Client, product: Product, base: tuple[str, str]) -> None:
    other = Client(product.base_url)
    kb_id = other.create_base_of("lockers", NAME, rules(50).decode())

    answer = other.ask(kb_id, QUESTION)

    assert is_cached(client.ask(base[0], QUESTION))
    assert (is_cached(answer), "50 euros" in answer["answer"]) == (False, True)
