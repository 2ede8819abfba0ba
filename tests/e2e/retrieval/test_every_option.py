"""The published request with every option on, over HTTP, with a chat model, one that orders passages, and links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from infra.local.stack import Stack
from tests.e2e.retrieval.test_query_route import ANSWER, METRICS, SOURCE
from tests.support.client import Client
from tests.support.openai_server import OpenAIServer, Reply, answer, raw, running_server

# The question names the crane, the crane's page names who serves it, and only that page says how soon they come.
DOCUMENTS: Final = {
    "Crane Brunhild.md": "# Crane Brunhild\n\nCrane Brunhild lifts 40 tonnes at berth three. Its inspections are "
    "carried out by Fjordwerk Service. The cabin was painted blue in spring.",
    "Fjordwerk Service.md": "# Fjordwerk Service\n\nFjordwerk Service sends a fitter within 36 hours. Its office is in "
    "Aalborg. The canteen serves fish on Fridays.",
} | {
    f"Crane {name}.md": f"# Crane {name}\n\nCrane {name} lifts {weight} tonnes. Its inspections are carried out by the "
    f"port's own workshop. How soon a fitter of the workshop comes is agreed by telephone."
    for name, weight in {"Alwine": 12, "Cordula": 25, "Dagmar": 31, "Elfriede": 8, "Frauke": 17, "Gesine": 22}.items()
}
QUESTION: Final = "Explain how soon the company that inspects Crane Brunhild sends a fitter."
EVERY_OPTION: Final = {
    "mode": "ultimate", "top_k": 5, "use_cache": True, "use_rerank": True, "use_graph": True, "use_self_rag": True,
    "use_compression": True, "compression_ratio": 0.5,
}  # fmt: skip
EVERY_STAGE: Final = {
    "query_expansion", "hybrid_retrieval", "graph_retrieval", "context_compression", "cross_encoder_rerank",
    "self_rag_verification",
}  # fmt: skip
_PASSAGE: Final = re.compile(r'<passage number="(\d+)"[^>]{0,200}>([^<]{0,2000})</passage>')


def model(request: dict[str, Any]) -> Reply:
    """Paraphrases, scores, or an answer whose second sentence no passage supports, until it is corrected."""
    if "documents" in request:
        scores = [0.9 if "36 hours" in text else 0.6 if "Brunhild" in text else 0.1 for text in request["documents"]]
        results = [{"index": number, "relevance_score": score} for number, score in enumerate(scores)]
        return raw(json.dumps({"results": results}).encode())(request)
    messages = request["messages"]
    if "other ways" in messages[0]["content"]:
        return answer("When does the firm that checks Crane Brunhild send someone?\nWho inspects Crane Brunhild?")(
            request
        )
    numbers = [number for number, text in _PASSAGE.findall(messages[1]["content"]) if "36 hours" in text]
    mark = f"[{numbers[0]}]" if numbers else ""
    invented = "" if len(messages) > 2 else f" Each visit costs 950 euros {mark}."
    return answer(f"Fjordwerk Service sends a fitter within 36 hours {mark}.{invented}")(request)


@pytest.fixture
def provider() -> Iterator[OpenAIServer]:
    with running_server() as server:
        server.script = [model]
        yield server


def catalogue(provider: OpenAIServer) -> dict[str, Any]:
    return {
        "providers": {"main": {"base_url": provider.base_url}},
        "models": {"writer": {"provider": "main", "cost_per_1k_usd": 0.01}},
        "chat": "writer",
        "rerank": {"provider": "main", "model": "orderer"},
        "keys": {"main": "sk-of-this-test"},
    }


@pytest.mark.timeout(240)
def test_every_option_of_one_request_takes_part_in_its_answer(tmp_path: Path, provider: OpenAIServer) -> None:
    models = tmp_path / "models.json"
    models.write_text(json.dumps(catalogue(provider)), "utf-8")
    with Stack(tmp_path / "state", models=models) as stack:
        client = Client(stack.base_url, language="en")
        kb_id = client.create_base("cranes")
        client.wait([client.upload(kb_id, name, text.encode()) for name, text in DOCUMENTS.items()])
        request = {"query": QUESTION, "kb_id": kb_id, **EVERY_OPTION}
        first = client.json("POST", "/api/v1/rag/query", json=request)
        again = client.json("POST", "/api/v1/rag/query", json=request)

    metrics = first["metrics"]

    assert (set(first), set(metrics)) == (ANSWER, METRICS)
    assert (first["status"], first["degraded"], first["ignored_options"]) == ("answered", [], [])
    assert set(first["features_used"]) == EVERY_STAGE
    assert "36 hours" in first["answer"]
    assert "950" not in first["answer"]
    assert all(set(source) == SOURCE for source in first["sources"])
    assert (first["sources"][0]["filename"], first["sources"][0]["cited"]) == ("Fjordwerk Service.md", True)
    assert [source["score"] for source in first["sources"]] == sorted(
        (source["score"] for source in first["sources"]), reverse=True
    )
    assert first["query_classifier"]["complexity"] == "complex"
    assert (metrics["cache_hit"], metrics["compression_applied"], metrics["self_rag_triggered"]) == (False, True, True)
    assert metrics["tokens_used"] == 3 * 120  # paraphrases, the answer, the answer once more
    assert metrics["cost_usd"] == pytest.approx(metrics["tokens_used"] * 0.01 / 1000)
    assert min(metrics[f"{part}_latency"] for part in ("retrieval", "rerank", "generation")) > 0
    parts = metrics["retrieval_latency"] + metrics["rerank_latency"] + metrics["generation_latency"]
    assert metrics["total_latency"] >= parts
    assert again["features_used"] == ["semantic_cache"]
    assert again["answer"] == first["answer"]
    assert (again["metrics"]["cache_hit"], again["metrics"]["tokens_used"], again["metrics"]["cost_usd"]) == (
        True,
        0,
        0,
    )
    assert len(provider.requests) == 4
