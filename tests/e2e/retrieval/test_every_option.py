"""The published request with every option on, over HTTP, with a chat model, one that orders passages, links, and a
cache that processes share.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import pytest

from infra.local.stack import Stack
from tests.e2e.retrieval.test_query_route import ANSWER, METRICS, SOURCE
from tests.support.client import Client
from tests.support.openai_server import OpenAIServer, Reply, answer, raw, running_server
from tests.support.valkey import Valkey, has_valkey, running_valkey

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
TOGETHER: Final = 6
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


@dataclass(frozen=True)
class Cranes:
    """A product with hosted models, and a base of its user's."""

    client: Client
    kb_id: str
    provider: OpenAIServer
    cache: Valkey | None  # None on a machine that the package of it has no wheel for

    def ask(self, question: str, **options: Any) -> dict[str, Any]:
        request = {"query": question, "kb_id": self.kb_id, **EVERY_OPTION, **options}
        return self.client.json("POST", "/api/v1/rag/query", json=request)


def catalogue(provider: OpenAIServer) -> dict[str, Any]:
    return {
        "providers": {"main": {"base_url": provider.base_url}},
        "models": {"writer": {"provider": "main", "cost_per_1k_usd": 0.01}},
        "chat": "writer",
        "rerank": {"provider": "main", "model": "orderer"},
        "keys": {"main": "sk-of-this-test"},
    }


@pytest.fixture(scope="module")
def cranes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cranes]:
    folder = tmp_path_factory.mktemp("cranes")
    models = folder / "models.json"
    shared = running_valkey() if has_valkey() else contextlib.nullcontext()
    with running_server() as provider, shared as cache:
        provider.script = [model]
        models.write_text(json.dumps(catalogue(provider)), "utf-8")
        with Stack(folder / "state", models=models, cache_url=cache.url if cache else "") as stack:
            client = Client(stack.base_url, language="en")
            kb_id = client.create_base("cranes")
            client.wait([client.upload(kb_id, name, text.encode()) for name, text in DOCUMENTS.items()])
            cranes = Cranes(client, kb_id, provider, cache)
            cranes.ask("Explain how many tonnes Crane Alwine lifts.")  # starts the functions, which counts as waiting
            yield cranes


@pytest.mark.timeout(240)
def test_every_option_of_one_request_takes_part_in_its_answer(cranes: Cranes) -> None:
    before = len(cranes.provider.requests)
    first, again = cranes.ask(QUESTION), cranes.ask(QUESTION)

    metrics = first["metrics"]
    scores = [source["score"] for source in first["sources"]]

    assert (set(first), set(metrics)) == (ANSWER, METRICS)
    assert (first["status"], first["degraded"], first["ignored_options"]) == ("answered", [], [])
    assert set(first["features_used"]) == EVERY_STAGE
    assert "36 hours" in first["answer"]
    assert "950" not in first["answer"]
    assert all(set(source) == SOURCE for source in first["sources"])
    assert (first["sources"][0]["filename"], first["sources"][0]["cited"]) == ("Fjordwerk Service.md", True)
    assert scores == sorted(scores, reverse=True)
    assert first["query_classifier"]["complexity"] == "complex"
    assert (metrics["cache_hit"], metrics["compression_applied"], metrics["self_rag_triggered"]) == (False, True, True)
    assert metrics["tokens_used"] == 3 * 120  # paraphrases, the answer, the answer once more
    assert metrics["cost_usd"] == pytest.approx(metrics["tokens_used"] * 0.01 / 1000)
    assert min(metrics[f"{part}_latency"] for part in ("retrieval", "rerank", "generation")) > 0
    parts = metrics["retrieval_latency"] + metrics["rerank_latency"] + metrics["generation_latency"]
    assert metrics["total_latency"] >= parts
    assert (again["features_used"], again["answer"]) == (["semantic_cache"], first["answer"])
    assert [again["metrics"][name] for name in ("cache_hit", "tokens_used", "cost_usd")] == [True, 0, 0]
    assert len(cranes.provider.requests) == before + 4


@pytest.mark.timeout(240)
def test_the_same_question_at_once_is_paid_once(cranes: Cranes) -> None:
    before = len(cranes.provider.requests)
    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(cranes.ask, [QUESTION.replace("how soon", "when")] * TOGETHER))

    assert len(cranes.provider.requests) == before + 4
    assert sorted(answer["metrics"]["tokens_used"] for answer in answers) == [*[0] * (TOGETHER - 1), 3 * 120]
    assert len({answer["answer"] for answer in answers}) == 1


@pytest.mark.timeout(240)
def test_what_models_replied_is_shared_between_processes(cranes: Cranes) -> None:
    """Another number of sources is another question, with the same paraphrases and perhaps the same prompt."""
    if cranes.cache is None:
        pytest.skip("no Valkey for this machine")
    cranes.ask(QUESTION.replace("Explain", "Please explain"))
    replies = len(cranes.provider.requests)
    cranes.ask(QUESTION.replace("Explain", "Please explain"), top_k=4)
    keys = list(cranes.cache.admin.scan_iter())

    assert any(key.startswith(b"voicehelper:") and b":replies:" in key for key in keys)
    assert not any(b"Brunhild" in key for key in keys)
    assert len(cranes.provider.requests) < replies + 4
