"""The running product with hosted models, over OpenAI's protocol, and a base that another embedding model has built."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import Stack
from tests.support.client import Client
from tests.support.openai_server import OpenAIServer, answer, meaningful_embeddings, running_server

MANUAL = "# 维护\n\n空气滤网每 3 个月更换一次。\n\n# 压力\n\n锅炉的额定压力是 0.8 MPa。\n".encode()
CHAT = answer("空气滤网每 3 个月更换一次[1]。")
EMBEDDINGS = meaningful_embeddings(256)


def by_path(request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    return (EMBEDDINGS if "input" in request else CHAT)(request)


@pytest.fixture
def provider() -> Iterator[OpenAIServer]:
    with running_server() as server:
        server.script = [by_path]
        yield server


def catalogue_file(folder: Path, provider: OpenAIServer) -> Path:
    path = folder / "models.json"
    catalogue = {
        "providers": {"main": {"base_url": provider.base_url}},
        "models": {"some-model": {"provider": "main", "cost_per_1k_usd": 0.01}},
        "chat": "some-model",
        "embedding": {"provider": "main", "model": "some-embedding", "dimensions": 256},
        "keys": {"main": "sk-of-this-test"},
    }
    path.write_text(json.dumps(catalogue), "utf-8")
    return path


@pytest.mark.timeout(240)
def test_a_change_of_the_embedding_model_requires_reindexing(tmp_path: Path, provider: OpenAIServer) -> None:
    state = tmp_path / "state"
    with Stack(state) as stack:
        client = Client(stack.base_url)
        kb_id = client.create_base("manuals")
        document_id = client.upload(kb_id, "manual.md", MANUAL)
        client.wait([document_id])
        assert "3 个月" in client.ask(kb_id, "滤网多久更换一次？")["answer"]
    assert provider.requests == []

    with Stack(state, models=catalogue_file(tmp_path, provider)) as stack:
        client.move_to(stack.base_url)
        refused = client.call("POST", "/api/v1/rag/query", json={"kb_id": kb_id, "query": "滤网多久更换一次？"})
        assert (refused.status_code, refused.json()["code"]) == (409, "EMBEDDING_MODEL_MISMATCH")
        late = client.upload(kb_id, "late.md", "访客在前台登记。".encode())
        assert client.wait([late])[late]["error"]["code"] == "embedding_model_changed"
        method, path = refused.json()["details"]["reindex"].split()
        assert client.json(method, path)["documents"] == 2
        documents = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")["items"]
        client.wait([document["id"] for document in documents])

        asked = client.ask(kb_id, "滤网多久更换一次？")
        assert asked["answer"].startswith("空气滤网每 3 个月更换一次")
        assert asked["sources"][0]["document_id"] == document_id
        assert asked["metrics"]["tokens_used"] == 120
        assert asked["metrics"]["cost_usd"] == pytest.approx(0.0012)
    assert {request["key"] for request in provider.requests} == {"Bearer sk-of-this-test"}
    assert {request["path"] for request in provider.requests} == {"/v1/embeddings", "/v1/chat/completions"}
