"""The main job, from a file to an answer that names its page."""

from __future__ import annotations

import pytest

from tests.support.application import ROOT
from tests.support.client import Client

MANUAL = """# 云梯咖啡机使用手册

## 第1章 安装

机器应放在平整的台面上，四周留出至少 10 厘米空间。

## 第2章 保养

每制作 200 杯咖啡后需要除垢一次，除垢程序大约需要 25 分钟。

## 第3章 保修

整机保修期为 24 个月，自购买之日起计算。
"""


@pytest.fixture(scope="module")
def manual(client: Client) -> tuple[str, str]:
    """(base, document) with the manual indexed."""
    kb_id = client.create_base("first_question")
    document_id = client.upload(kb_id, "咖啡机手册.md", MANUAL.encode(), {"product": "coffee"})
    assert client.wait([document_id])[document_id]["status"] == "indexed"
    return kb_id, document_id


def test_a_question_is_answered_with_the_sentence_and_its_source(client: Client, manual: tuple[str, str]) -> None:
    kb_id, document_id = manual

    answer = client.ask(kb_id, "多少杯之后需要除垢？")

    assert "200" in answer["answer"]
    assert answer["sources"][0]["document_id"] == document_id
    assert "除垢" in answer["sources"][0]["content"]
    assert "hybrid_retrieval" in answer["features_used"]


def test_unanswerable_questions_are_refused_without_sources(client: Client, manual: tuple[str, str]) -> None:
    answer = client.ask(manual[0], "公司的年假有多少天？")

    assert answer["sources"] == []
    assert answer["metrics"]["cost_usd"] == 0


def test_the_status_counts_the_chunks_and_vectors_in_the_index(client: Client, manual: tuple[str, str]) -> None:
    status = client.status(manual[1])

    assert status["chunk_count"] == status["vector_count"] > 0
    assert set(status) == {"document_id", "status", "chunk_count", "vector_count", "processing_time"}


def test_a_filter_on_metadata_limits_the_search(client: Client, manual: tuple[str, str]) -> None:
    matching = client.ask(manual[0], "保修期多久？", filter={"product": "coffee"})
    other = client.ask(manual[0], "保修期多久？", filter={"product": "tea"})

    assert matching["sources"]
    assert not other["sources"]


def test_uploading_the_same_bytes_again_returns_the_same_document(client: Client, manual: tuple[str, str]) -> None:
    kb_id, document_id = manual

    assert client.upload(kb_id, "咖啡机手册-副本.md", MANUAL.encode()) == document_id


def test_a_conversation_answers_from_the_base_and_its_links_open_the_file(
    client: Client, manual: tuple[str, str]
) -> None:
    conversation = client.json("POST", "/api/v1/conversations", json={"title": "技术咨询", "kb_id": manual[0]})

    message = client.json(
        "POST", f"/api/v1/conversations/{conversation['id']}/messages", json={"content": "整机保修期多久？"}
    )
    file = client.open_link(message["sources"][0]["url"])

    assert set(conversation) == {"id", "title", "created_at"}
    assert message["role"] == "assistant"
    assert "24 个月" in message["content"]
    assert file.status_code == 200
    assert file.content == MANUAL.encode()


def test_a_deleted_document_never_answers_again(client: Client) -> None:
    kb_id = client.create_base("deleting")
    document_id = client.upload(kb_id, "a.txt", "备用钥匙放在前台的蓝色盒子里。".encode())
    client.wait([document_id])

    assert "蓝色盒子" in client.ask(kb_id, "备用钥匙放在哪里？")["answer"]

    assert client.call("DELETE", f"/api/v1/knowledge/documents/{document_id}").status_code == 204

    assert client.ask(kb_id, "备用钥匙放在哪里？")["sources"] == []
    assert client.call("GET", f"/api/v1/knowledge/documents/{document_id}/status").status_code == 404


def test_the_question_of_the_readme_is_answered_from_the_demo_document(client: Client) -> None:
    kb_id = client.create_base("demo")
    demo = next((ROOT / "demo").glob("*.pdf"))
    client.wait([client.upload(kb_id, demo.name, demo.read_bytes())])

    answer = client.ask(kb_id, "云梯 T1 的滤芯多久更换一次？")

    assert "6 个月" in answer["answer"]
    assert answer["sources"][0]["page"] == 3
