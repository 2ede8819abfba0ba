"""Chunks that people add, change, disable and delete answer, or do not, at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client

UNKNOWN = "chunk-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"
UNKNOWN_DOCUMENT = "doc-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    return client.create_base_of("chunks", "宿舍.md", "# 门禁\n\n宿舍晚上 11 点关门。\n\n# 洗衣\n\n洗衣房在二楼。\n")


@pytest.fixture(scope="module")
def path(client: Client, kb_id: str) -> str:
    (document,) = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")["items"]
    return f"/api/v1/knowledge/documents/{document['id']}/chunks"


def texts(client: Client, kb_id: str, query: str) -> list[str]:
    found = client.json("POST", "/api/v1/retrieval", json={"query": query, "kb_ids": [kb_id]})["passages"]
    return [passage["content"] for passage in found]


def test_a_changed_text_answers_in_place_of_the_old_one(client: Client, kb_id: str, path: str) -> None:
    before = client.ask(kb_id, "宿舍几点关门？")
    chunk = next(c for c in client.json("GET", path)["items"] if "11 点" in c["content"])

    changed = client.json("PATCH", f"{path}/{chunk['id']}", json={"content": "宿舍晚上 10 点半关门。"})

    assert "11 点" in before["answer"]
    assert (changed["id"], changed["origin"], changed["enabled"]) == (chunk["id"], "edited", True)
    assert "10 点半" in client.ask(kb_id, "宿舍几点关门？")["answer"]


def test_what_is_disabled_is_not_found_until_it_is_enabled(client: Client, kb_id: str, path: str) -> None:
    chunk = next(c for c in client.json("GET", path)["items"] if "洗衣房" in c["content"])

    client.json("PATCH", f"{path}/{chunk['id']}", json={"enabled": False})
    without = texts(client, kb_id, "洗衣房在哪里")
    shown = [c["enabled"] for c in client.json("GET", path)["items"] if c["id"] == chunk["id"]]
    client.json("PATCH", f"{path}/{chunk['id']}", json={"enabled": True})

    assert not any("洗衣房" in text for text in without)
    assert shown == [False]
    assert any("洗衣房" in text for text in texts(client, kb_id, "洗衣房在哪里"))


def test_an_added_chunk_is_searched_survives_reindexing_and_can_be_deleted(
    client: Client, kb_id: str, path: str
) -> None:
    added = client.json("POST", path, json={"content": "游泳池每周三换水。"})
    found = texts(client, kb_id, "游泳池什么时候换水")
    document = path.removesuffix("/chunks")
    client.json("POST", f"{document}/reindex")
    client.wait([document.rpartition("/")[2]])
    again = texts(client, kb_id, "游泳池什么时候换水")

    assert (added["origin"], added["title"]) == ("added", "宿舍")
    assert any("游泳池" in text for text in found)
    assert any("游泳池" in text for text in again)
    assert client.call("DELETE", f"{path}/{added['id']}").status_code == 204
    assert not any("游泳池" in text for text in texts(client, kb_id, "游泳池什么时候换水"))


@pytest.mark.parametrize("body", [{"content": " "}, {"content": "x" * 4001}, {"enabled": "maybe"}, {"text": "x"}])
def test_fields_are_checked(client: Client, path: str, body: dict[str, Any]) -> None:
    assert client.call("PATCH", f"{path}/{UNKNOWN}", json=body).status_code == 422
    assert client.call("POST", path, json=body).status_code == 422


def test_unknown_chunks_and_documents_are_not_found(client: Client, path: str) -> None:
    for method, body in (("PATCH", {"content": "x"}), ("DELETE", None)):
        response = client.call(method, f"{path}/{UNKNOWN}", json=body)
        assert (response.status_code, response.json()["code"]) == (404, "CHUNK_NOT_FOUND")
    foreign = client.call("POST", f"/api/v1/knowledge/documents/{UNKNOWN_DOCUMENT}/chunks", json={"content": "x"})
    assert (foreign.status_code, foreign.json()["code"]) == (404, "DOCUMENT_NOT_FOUND")


def test_a_chunk_of_the_file_is_not_deleted(client: Client, path: str) -> None:
    chunk = client.json("GET", path)["items"][0]

    response = client.call("DELETE", f"{path}/{chunk['id']}")

    assert (response.status_code, response.json()["code"]) == (409, "CHUNK_NOT_ADDED")
