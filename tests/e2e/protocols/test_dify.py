"""Requests as Dify sends them (api/core/rag/datasource of its sources), to the running product."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.client import Client

PATH = "/api/v1/dify/retrieval"


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    kb_id = client.create_base("warranty")
    old = client.upload(kb_id, "2019.md", "# 保修\n\n电池保修两年。\n".encode(), {"year": 2019})
    new = client.upload(kb_id, "2024.md", "# 保修\n\n电池保修五年，屏幕保修一年。\n".encode(), {"year": 2024})
    client.wait([old, new])
    return kb_id


def retrieve(client: Client, knowledge_id: str, **more: Any) -> httpx.Response:
    setting = {"top_k": 3, "score_threshold": 0.0}
    body = {"knowledge_id": knowledge_id, "query": "电池保修几年？", "retrieval_setting": setting, **more}
    return client.call("POST", PATH, json=body)


def test_passages_are_records(client: Client, kb_id: str) -> None:
    answer = retrieve(client, "warranty", metadata_condition=None)

    assert answer.status_code == 200, answer.text
    records = answer.json()["records"]
    assert {record["metadata"]["filename"] for record in records} == {"2019.md", "2024.md"}
    assert all(set(record) == {"content", "score", "title", "metadata"} for record in records)
    assert "电池" in client.open_link(records[0]["metadata"]["url"]).text


def test_conditions_choose_documents(client: Client, kb_id: str) -> None:
    newer = {"logical_operator": "and", "conditions": [{"name": ["year"], "comparison_operator": ">", "value": "2020"}]}

    records = retrieve(client, kb_id, metadata_condition=newer).json()["records"]

    assert [record["metadata"]["year"] for record in records] == [2024]


def test_nothing_above_the_threshold_is_an_empty_list(client: Client, kb_id: str) -> None:
    query = {"query": "Wer gewann 1954?", "retrieval_setting": {"top_k": 3, "score_threshold": 1.0}}

    assert retrieve(client, kb_id, **query).json() == {"records": []}


def test_refusals_have_the_numbers_of_dify(client: Client, kb_id: str) -> None:
    stranger = Client(str(client.http.base_url))
    without = client.call("POST", PATH, json={}, headers={"authorization": ""})
    wrong = client.call("POST", PATH, json={}, headers={"authorization": "Bearer wrong"})
    unknown = retrieve(client, "no_such_base")
    foreign = retrieve(stranger, kb_id)
    empty = client.call("POST", PATH, json={})

    refusals = (without, wrong, unknown, foreign, empty)
    assert [(refusal.status_code, refusal.json()["error_code"]) for refusal in refusals] == [
        (401, 1001), (401, 1002), (404, 2001), (404, 2001), (422, 422),
    ]  # fmt: skip
    assert empty.json()["error_msg"].startswith("knowledge_id: ")
