"""Searches through the gateway: the sources of a question, without an answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.retrieval.test_query_route import METRICS, SOURCE
from tests.support.client import Client

PATH = "/api/v1/retrieval"


@pytest.fixture(scope="module")
def bases(client: Client) -> list[str]:
    leave = "# 年假\n\n入职满一年的员工每年有 12 天年假。\n"
    return [
        client.create_base_of("leave", "休假制度.md", leave),
        client.create_base_of("travel", "travel.md", "# Hotels\n\nA night in a hotel is paid up to 180 euros.\n"),
    ]


def test_a_search_returns_sources_of_every_base_without_an_answer(client: Client, bases: list[str]) -> None:
    result = client.json("POST", PATH, json={"query": "hotel 年假", "kb_ids": bases})

    assert set(result) == {"passages", "metrics", "legs", "degraded", "ignored_options"}
    assert set(result["metrics"]) == METRICS
    assert {source["filename"] for source in result["passages"]} == {"休假制度.md", "travel.md"}
    assert all(set(source) == SOURCE and not source["cited"] for source in result["passages"])
    assert result["metrics"]["total_latency"] >= result["metrics"]["retrieval_latency"]


def test_a_passage_is_the_source_that_an_answer_would_show(client: Client, bases: list[str]) -> None:
    query = "入职满一年有几天年假？"

    passage = client.json("POST", PATH, json={"query": query, "kb_ids": bases[:1]})["passages"][0]
    source = client.ask(bases[0], query)["sources"][0]

    assert (passage["chunk_id"], passage["quote"]) == (source["chunk_id"], "入职满一年的员工每年有 12 天年假。")
    assert "12 天年假" in client.open_link(passage["url"]).text


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"document.type": "md", "document.filename": {"contains": "休假"}}, {"休假制度.md"}),
        ({"or": [{"document.filename": "travel.md"}, {"team": {"exists": True}}]}, {"travel.md"}),
        ({"not": {"document.size_bytes": {"gt": 0}}}, set()),
        ({"document.created_at": {"gte": "2020-01-01"}}, {"休假制度.md", "travel.md"}),
    ],
)  # fmt: skip
def test_a_filter_bounds_the_documents(client: Client, bases: list[str], wanted: Any, names: set[str]) -> None:
    found = client.json("POST", PATH, json={"query": "hotel 年假", "kb_ids": bases, "filter": wanted})["passages"]

    assert {passage["filename"] for passage in found} == names


@pytest.mark.parametrize(
    ("wrong", "place"),
    [({"and": [{"year": {"over": 1}}]}, "filter.and.0.year.over"), ({"document.x": 1}, "filter.document.x")],
)
def test_a_wrong_filter_is_refused_at_its_place(client: Client, bases: list[str], wrong: Any, place: str) -> None:
    response = client.call("POST", PATH, json={"query": "x", "kb_ids": bases, "filter": wrong})

    assert response.status_code == 422
    assert response.json()["details"]["fields"][0]["field"] == place


@pytest.mark.parametrize("legs", [["words"], ["meaning"], ["meaning", "words", "words"]])
def test_legs_are_searched_as_named(client: Client, bases: list[str], legs: list[str]) -> None:
    result = client.json("POST", PATH, json={"query": "年假几天", "kb_ids": bases[:1], "legs": legs, "rerank": True})

    assert result["passages"][0]["filename"] == "休假制度.md"
    assert set(result["legs"]) <= {"words", "meaning"}
    assert result["ignored_options"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"kb_ids": []}, {"kb_ids": "kb-1"}, {"kb_ids": ["kb-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"] * 11},
        {"top_k": 0}, {"top_k": 21}, {"legs": []}, {"legs": ["graph"]}, {"query": " "}, {"filter": 1}, {"mode": "x"},
    ],
)  # fmt: skip
def test_invalid_fields_of_a_search_are_named(client: Client, bases: list[str], change: dict[str, Any]) -> None:
    response = client.call("POST", PATH, json={"query": "年假", "kb_ids": bases} | change)

    assert response.status_code == 422
    assert response.json()["details"]["fields"][0]["field"].split(".")[0] == next(iter(change))


def test_an_unknown_base_is_not_found_even_beside_a_known_one(client: Client, bases: list[str]) -> None:
    unknown = "kb-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"

    response = client.call("POST", PATH, json={"query": "x", "kb_ids": [bases[0], unknown]})

    assert (response.status_code, response.json()["code"]) == (404, "KNOWLEDGE_BASE_NOT_FOUND")


def test_a_foreign_base_is_not_found(client: Client, other_client: Client, bases: list[str]) -> None:
    response = other_client.call("POST", PATH, json={"query": "年假", "kb_ids": bases})

    assert (response.status_code, response.json()["code"]) == (404, "KNOWLEDGE_BASE_NOT_FOUND")


@pytest.fixture(scope="module")
def other_client(client: Client) -> Client:
    return Client(str(client.http.base_url))
