"""Questions through the gateway: request and answer keep the shape that existing clients rely on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client

ANSWER = {
    "answer", "sources", "metrics", "features_used", "query_classifier",
    "status", "confidence", "closest", "degraded", "ignored_options",
}  # fmt: skip
SOURCE = {
    "document_id", "chunk_id", "filename", "title", "page", "quote", "content", "score", "cited", "url",
    "recognised",
}  # fmt: skip
METRICS = {
    "retrieval_latency", "rerank_latency", "generation_latency", "total_latency", "tokens_used", "cost_usd",
    "cache_hit", "compression_applied", "self_rag_triggered",
}  # fmt: skip


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    text = "# 账户管理\n\n更换绑定手机须提供身份证照片，审核需要 2 个工作日。\n\n# 退款\n\n退款在 7 天内原路退回。\n"
    return client.create_base_of("query", "产品使用手册.md", text)


def published_request(kb_id: str) -> dict[str, Any]:
    """As the platform's existing clients send it."""
    return {
        "query": "如何更换绑定手机？", "kb_id": kb_id, "mode": "ultimate", "top_k": 5, "use_cache": True,
        "use_rerank": True, "use_graph": False, "use_self_rag": True, "use_compression": True, "compression_ratio": 0.5,
    }  # fmt: skip


def test_existing_clients_run_unchanged(client: Client, kb_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = client.json("POST", "/api/v1/rag/query", json=published_request(kb_id))

    print(f"答案: {result['answer']}")
    for source in result["sources"]:
        print(f"- {source['title']} (相关度: {source['score']})")
        print(f"  {source['content'][:100]}...")
    for name, value in result["metrics"].items():
        print(f"{name}: {value}")
    print(", ".join(result["features_used"]))

    assert "身份证照片" in capsys.readouterr().out
    assert set(result) == ANSWER
    assert set(result["metrics"]) == METRICS
    assert all(set(source) == SOURCE for source in result["sources"])
    assert result["features_used"] == [
        "hybrid_retrieval", "lexical_rerank", "context_compression", "self_rag_verification",
    ]  # fmt: skip
    assert result["metrics"]["rerank_latency"] > 0
    assert result["metrics"]["compression_applied"]
    assert not result["metrics"]["self_rag_triggered"]
    assert result["ignored_options"] == []


def test_an_answer_says_what_it_rests_on(client: Client, kb_id: str) -> None:
    result = client.ask(kb_id, "退款几天内退回？")

    first = result["sources"][0]

    assert (result["status"], result["closest"], result["degraded"]) == ("answered", [], [])
    assert 0.5 <= result["confidence"] <= 1
    assert (first["filename"], first["quote"], first["cited"]) == ("产品使用手册.md", "退款在 7 天内原路退回。", True)
    assert "退款" in client.open_link(first["url"]).text


def test_a_refusal_shows_what_is_nearest(client: Client, kb_id: str) -> None:
    result = client.ask(kb_id, "退款的手续费由哪家银行收取？")

    assert (result["status"], result["sources"]) == ("refused", [])
    assert result["confidence"] < 0.5
    assert "退款" in result["closest"][0]["quote"]
    assert not any(source["cited"] for source in result["closest"])


def test_metrics_add_up_and_features_list_only_what_ran(client: Client, kb_id: str) -> None:
    result = client.json("POST", "/api/v1/rag/query", json=published_request(kb_id) | {"use_cache": False})

    metrics = result["metrics"]
    parts = metrics["retrieval_latency"] + metrics["rerank_latency"] + metrics["generation_latency"]

    assert metrics["total_latency"] >= parts
    assert (metrics["tokens_used"], metrics["cost_usd"], metrics["cache_hit"]) == (0, 0, False)
    assert result["features_used"] == [
        "hybrid_retrieval", "lexical_rerank", "context_compression", "self_rag_verification",
    ]  # fmt: skip
    assert result["query_classifier"] == {"type": "procedural", "complexity": "medium", "strategy": "hybrid_retrieval"}


def test_scores_descend_and_stay_between_zero_and_one(client: Client, kb_id: str) -> None:
    scores = [source["score"] for source in client.ask(kb_id, "退款几天到账？")["sources"]]

    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("mode", ["simple", "hybrid", "ultimate"])
def test_every_mode_finds_the_answer_and_lists_what_ran(client: Client, kb_id: str, mode: str) -> None:
    result = client.ask(kb_id, "退款几天内退回？", mode=mode, use_cache=False)

    assert "7 天" in result["answer"]
    assert ("hybrid_retrieval" in result["features_used"]) == (mode != "simple")


@pytest.mark.parametrize(
    "change",
    [
        {"query": ""}, {"query": "x" * 5001}, {"query": "a\u0000b"}, {"mode": "other"}, {"top_k": 0}, {"top_k": 21},
        {"compression_ratio": 0}, {"filter": []}, {"query": 5}, {"kb_id": None}, {"topk": 3}, {"stream": True},
    ],
)  # fmt: skip
def test_invalid_fields_of_a_query_are_named(client: Client, kb_id: str, change: dict[str, Any]) -> None:
    response = client.call("POST", "/api/v1/rag/query", json=published_request(kb_id) | change)

    assert response.status_code == 422
    assert response.json()["details"]["fields"][0]["field"] == next(iter(change))


@pytest.mark.parametrize("kb_id", ["kb-001", "nonsense", "kb-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"])
def test_unknown_bases_are_not_found(client: Client, kb_id: str) -> None:
    response = client.call("POST", "/api/v1/rag/query", json={"query": "x", "kb_id": kb_id})

    assert (response.status_code, response.json()["code"]) == (404, "KNOWLEDGE_BASE_NOT_FOUND")
