"""Conversations and their messages through the gateway."""

from __future__ import annotations

import pytest

from tests.support.client import Client


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    text = "# 打印机\n\nP7 打印机的墨盒型号为 K21。\n\n# 扫描仪\n\nS3 扫描仪的分辨率为 1200 dpi。\n"
    return client.create_base_of("talk", "设备.md", text)


def test_follow_up_questions_are_understood_from_earlier_messages(client: Client, kb_id: str) -> None:
    conversation = client.json("POST", "/api/v1/conversations", json={"title": "设备", "kb_id": kb_id})["id"]
    path = f"/api/v1/conversations/{conversation}/messages"
    client.json("POST", path, json={"content": "P7 打印机的墨盒是什么型号？"})

    second = client.json("POST", path, json={"content": "S3 扫描仪呢，分辨率是多少？"})

    assert "1200" in second["content"]
    assert set(second) == {
        "id", "conversation_id", "role", "content", "status", "confidence", "sources", "closest", "degraded",
        "created_at",
    }  # fmt: skip
    stored = client.json("GET", path)["items"]
    assert [(item["role"], item["status"]) for item in stored[:2]] == [("assistant", "answered"), ("user", None)]
    assert stored[0]["confidence"] == pytest.approx(second["confidence"], abs=1e-3)
    kept = [{**source, "content": source["quote"], "url": ""} for source in second["sources"]]
    assert [{**source, "url": ""} for source in stored[0]["sources"]] == kept


def test_messages_are_listed_in_pages_newest_first(client: Client, kb_id: str) -> None:
    conversation = client.json("POST", "/api/v1/conversations", json={"title": "设备", "kb_id": kb_id})["id"]
    path = f"/api/v1/conversations/{conversation}/messages"
    for question in ("P7 打印机的墨盒是什么型号？", "S3 扫描仪的分辨率是多少？"):
        client.json("POST", path, json={"content": question})

    page = client.json("GET", path, params={"limit": 3})
    rest = client.json("GET", path, params={"before_id": page["items"][-1]["id"]})

    assert [item["role"] for item in page["items"]] == ["assistant", "user", "assistant"]
    assert page["has_more"]
    assert [item["content"] for item in rest["items"]] == ["P7 打印机的墨盒是什么型号？"]
    assert not rest["has_more"]


def test_conversations_can_be_listed_shown_and_deleted(client: Client) -> None:
    created = client.json("POST", "/api/v1/conversations", json={"title": "暂存"})
    path = f"/api/v1/conversations/{created['id']}"

    assert client.json("GET", path)["title"] == "暂存"
    assert created["id"] in [item["id"] for item in client.json("GET", "/api/v1/conversations")["items"]]
    assert client.call("DELETE", path).status_code == 204
    assert client.call("GET", path).status_code == 404
    assert client.call("POST", f"{path}/messages", json={"content": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["/conversations?q=x", "/conversations?page=1&sort=title", "/users/me?expand=all"])
def test_unknown_parameters_are_refused(client: Client, path: str) -> None:
    response = client.call("GET", f"/api/v1{path}")

    assert response.status_code == 422
    assert response.json()["details"]["fields"][0]["field"] in ("q", "sort", "expand")


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": "   "}, {"title": "x" * 201}, {"title": "a\u0000b"}])
def test_invalid_titles_are_rejected(client: Client, body: dict[str, str]) -> None:
    assert client.call("POST", "/api/v1/conversations", json=body).status_code == 422
