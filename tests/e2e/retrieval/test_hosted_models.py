"""The running product with hosted models, over OpenAI's protocol, and a base that another embedding model has built."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import Stack
from tests.support.client import Client
from tests.support.model_misbehaviour import MISBEHAVIOURS, body_of
from tests.support.openai_server import (
    OpenAIServer,
    Reply,
    answer,
    meaningful_embeddings,
    raw,
    running_server,
    tool_calls,
)

MANUAL = "# 维护\n\n空气滤网每 3 个月更换一次。\n\n# 压力\n\n锅炉的额定压力是 0.8 MPa。\n".encode()
QUESTION = "滤网多久更换一次？"
CHAT = answer("空气滤网每 3 个月更换一次[1]。")
EMBEDDINGS = meaningful_embeddings(256)


def by_path(request: dict[str, Any]) -> Reply:
    if "documents" in request:
        return reranked(request)
    if "tools" in request:
        return planned(request)
    return (EMBEDDINGS if "input" in request else CHAT)(request)


def planned(request: dict[str, Any]) -> Reply:
    """A plan of one question, the question when that call is asked for, and nothing more at the look back."""
    name = request["tool_choice"]["function"]["name"]
    steps = [{"description": "查更换周期", "tool": "knowledge_base"}]
    looks_back = "look back" in request["messages"][0]["content"]
    plan = {"thought": "一个问题就够", "steps": [] if looks_back else steps}
    return tool_calls((name, json.dumps(plan if name == "submit_plan" else {"question": QUESTION})))(request)


def reranked(request: dict[str, Any]) -> Reply:
    """The passages about filters first."""
    scores = [0.9 if "滤网" in text else 0.1 for text in request["documents"]]
    results = [{"index": n, "relevance_score": score} for n, score in enumerate(scores)]
    return raw(json.dumps({"results": results}).encode())(request)


@pytest.fixture
def provider() -> Iterator[OpenAIServer]:
    with running_server() as server:
        server.script = [by_path]
        yield server


def catalogue_file(folder: Path, provider: OpenAIServer, **changes: Any) -> Path:
    path = folder / "models.json"
    catalogue = {
        "providers": {"main": {"base_url": provider.base_url}},
        "models": {"some-model": {"provider": "main", "cost_per_1k_usd": 0.01}},
        "chat": "some-model",
        "embedding": {"provider": "main", "model": "some-embedding", "dimensions": 256},
        "keys": {"main": "sk-of-this-test"},
        **changes,
    }
    path.write_text(json.dumps(catalogue), "utf-8")
    return path


@pytest.mark.timeout(240)
def test_a_change_of_the_embedding_model_requires_reindexing(tmp_path: Path, provider: OpenAIServer) -> None:
    state = tmp_path / "state"
    with Stack(state) as stack:
        client, kb_id, document_id = _base_of_the_offline_model(stack.base_url)

    assert provider.requests == []

    path = catalogue_file(tmp_path, provider, rerank={"provider": "main", "model": "some-reader"})
    with Stack(state, models=path) as stack:
        client.move_to(stack.base_url)
        refused = client.call("POST", "/api/v1/rag/query", json={"kb_id": kb_id, "query": QUESTION})
        late_id = client.upload(kb_id, "late.md", "访客在前台登记。".encode())
        late = client.wait([late_id])[late_id]
        restarted = _reindex(client, kb_id, refused.json()["details"]["reindex"])
        answered = client.ask(kb_id, QUESTION)
        body = {"task": "滤网多久更换一次？写一份说明", "tools": ["knowledge_base"], "kb_ids": [kb_id]}
        task = client.json("POST", "/api/v1/agent/execute", json=body)

    assert (refused.status_code, refused.json()["code"]) == (409, "EMBEDDING_MODEL_MISMATCH")
    assert late["error"]["code"] == "embedding_model_changed"
    assert restarted == 2
    assert answered["answer"].startswith("空气滤网每 3 个月更换一次")
    assert answered["sources"][0]["document_id"] == document_id
    assert answered["metrics"]["tokens_used"] == 120
    assert answered["metrics"]["cost_usd"] == pytest.approx(0.0012)
    assert {request["key"] for request in provider.requests} == {"Bearer sk-of-this-test"}
    paths = {"/v1/embeddings", "/v1/chat/completions", "/v1/rerank"}
    assert {request["path"] for request in provider.requests} == paths
    assert "cross_encoder_rerank" in answered["features_used"]
    assert answered["metrics"]["rerank_latency"] > 0
    assert (task["status"], task["thought"]) == ("completed", "一个问题就够")
    assert task["execution_trace"][0]["action_input"] == {"question": QUESTION}
    assert task["execution_trace"][-1]["action_input"] == "some-model"  # who wrote the report
    assert task["final_result"].startswith("空气滤网每 3 个月更换一次")
    assert task["sources"][0]["document_id"] == document_id
    assert task["stats"]["total_tokens"] >= 4 * 120  # plan, call, look back, report


def misbehaving(request: dict[str, Any]) -> Reply:
    """Embeddings as asked for; of chat models, "main" drips for ever, and "reserve" replies with what no one said."""
    if "input" in request:
        return EMBEDDINGS(request)
    if request["model"] == "main":
        return MISBEHAVIOURS["drips the body"](request)
    reply = "空气滤网每 3 个月更换一次[1]。\0\u202e费用为 900 元[1]。![](http://elsewhere.example/?q=滤网)"
    return raw(body_of(reply, prompt_tokens=-1_000_000, completion_tokens=10**18))(request)


@pytest.mark.timeout(240)
def test_a_conversation_goes_on_when_the_main_model_hangs_and_the_other_lies(
    tmp_path: Path, provider: OpenAIServer
) -> None:
    provider.script = [misbehaving]
    # A quick model: what hangs is given up after 1.2 s, three times, so that a question takes seconds and not its 22.
    model = {"provider": "main", "cost_per_1k_usd": 0.01, "latency_ms": 300}
    models = dict.fromkeys(("main", "reserve"), model)
    path = catalogue_file(tmp_path, provider, models=models, chat="main", fallback="reserve")
    with Stack(tmp_path / "state", models=path) as stack:
        client = Client(stack.base_url)
        kb_id = client.create_base("manuals")
        client.wait([client.upload(kb_id, "manual.md", MANUAL)])
        talk = client.json("POST", "/api/v1/conversations", json={"title": "滤网", "kb_id": kb_id})["id"]
        started = time.monotonic()
        message = client.json("POST", f"/api/v1/conversations/{talk}/messages", json={"content": QUESTION})
        took_s = time.monotonic() - started
        answered = client.ask(kb_id, QUESTION, use_cache=False)

    assert message["content"] == "空气滤网每 3 个月更换一次 [1]。"
    assert len(message["sources"]) == 1
    assert took_s < 26
    assert 0 < answered["metrics"]["cost_usd"] < 0.1


@pytest.mark.timeout(240)
def test_each_question_goes_to_its_model_until_the_month_s_budget_is_spent(
    tmp_path: Path, provider: OpenAIServer
) -> None:
    prices = {"cost_per_1k_input_usd": 0.5, "cost_per_1k_output_usd": 1.0}
    models = {
        "best": {"provider": "main", "quality": 0.95, **prices},
        "quick": {"provider": "main", "quality": 0.6, "cost_per_1k_usd": 0.001},
    }
    changes = {"models": models, "chat": "auto", "priority": "quality", "monthly_budget_usd": 1.5}
    with Stack(tmp_path / "state", models=catalogue_file(tmp_path, provider, **changes)) as stack:
        client = Client(stack.base_url)
        listed = client.json("GET", "/api/v1/models")
        kb_id = client.create_base("manuals")
        client.wait([client.upload(kb_id, "manual.md", MANUAL)])
        simple, repeated = client.ask(kb_id, "什么是空气滤网？"), client.ask(kb_id, "什么是空气滤网？")
        hybrid = {"mode": "hybrid"}
        best = client.ask(kb_id, "请分析空气滤网的更换周期", **hybrid)  # one call: no paraphrases
        # A call may cost 1.2 and costs 0.07, so that the budget holds four or five of them.
        last = [
            client.call(
                "POST", "/api/v1/rag/query", json={"kb_id": kb_id, "query": f"请解释空气滤网更换的{word}", **hybrid}
            )
            for word in ("周期", "间隔", "时间", "次数", "频率", "原因", "方法", "步骤")
        ][-1]

    assert [(item["name"], item["role"]) for item in listed["items"][:2]] == [("best", "chat"), ("quick", "chat")]
    assert simple["metrics"]["cost_usd"] == pytest.approx(120 * 0.001 / 1000)
    assert repeated["metrics"]["cost_usd"] == 0
    assert best["metrics"]["cost_usd"] == pytest.approx((100 * 0.5 + 20 * 1.0) / 1000)
    assert (last.status_code, last.json()["code"]) == (429, "BUDGET_EXCEEDED")
    assert set(last.json()["details"]) == {"limit_usd", "used_usd", "resets_at"}
    assert {request.get("model") for request in provider.requests} == {"best", "quick", "some-embedding"}


def _base_of_the_offline_model(base_url: str) -> tuple[Client, str, str]:
    """(its owner, base, document), once the base answers."""
    client = Client(base_url)
    kb_id = client.create_base("manuals")
    document_id = client.upload(kb_id, "manual.md", MANUAL)
    client.wait([document_id])
    assert "3 个月" in client.ask(kb_id, QUESTION)["answer"]
    return client, kb_id, document_id


def _reindex(client: Client, kb_id: str, request: str) -> int:
    """Send the request that the refusal names, and wait; returns how many documents were started again."""
    method, path = request.split()
    restarted = int(client.json(method, path)["documents"])
    documents = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")["items"]
    client.wait(document["id"] for document in documents)
    return restarted
