"""Two tenants, every operation of the API description, every foreign id: nothing is found, counted or revealed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.application import OPENAPI_FILE
from tests.support.client import Client
from tests.support.product import Product
from tests.support.refusals import names

SECRET = "Projekt Morgenrot startet am 3. März"
DOCUMENT = json.loads(OPENAPI_FILE.read_text("utf-8"))
OPERATIONS = [(method, path) for path, methods in sorted(DOCUMENT["paths"].items()) for method in sorted(methods)]
NEEDS_TOKEN = [(m, p) for m, p in OPERATIONS if DOCUMENT["paths"][p][m].get("security")]
WITH_IDS = [(m, p) for m, p in NEEDS_TOKEN if "{" in p]

# A valid body for every operation that needs one, so that no refusal is merely a validation error.
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/conversations/{conversation_id}": {"title": SECRET},
    "/api/v1/knowledge/bases/{kb_id}": {"display_name": SECRET},
    "/api/v1/knowledge/documents/{document_id}": {"metadata": {"a": SECRET}},
    "/api/v1/knowledge/documents/{document_id}/chunks": {"content": SECRET},
    "/api/v1/knowledge/documents/{document_id}/chunks/{chunk_id}": {"content": SECRET},
    "/api/v1/agent/tasks/{task_id}/approvals/{approval_id}": {"decision": "approve"},
    "/api/v1/conversations/{conversation_id}/messages": {"content": SECRET},
    "/api/v1/groups/{group_id}/members": {"members": []},
    "/api/v1/budgets/{subject}": {"limit_usd": 5.0},
    "/api/v1/workspaces/{workspace_id}": {"name": SECRET},
    "/api/v1/members/{user_id}": {"role": "reader"},
    "/api/v1/knowledge/bases/{kb_id}/access": {"visibility": "workspace", "grants": []},
    "/api/v1/knowledge/bases/{kb_id}/documents": {"filename": "a.txt", "size_bytes": 3},
    "/api/v1/knowledge/bases/{kb_id}/documents/direct": {"filename": "a.txt", "size_bytes": 3},
    "/api/v1/webhooks/{webhook_id}": {"description": SECRET},
}


@pytest.fixture(scope="module")
def owner(product: Product) -> tuple[Client, dict[str, str]]:
    """A tenant with one of everything, and the ids by parameter name."""
    client = Client(product.base_url)
    kb_id = client.create_base("secret_base")
    document_id = client.upload(kb_id, "geheim.txt", SECRET.encode())
    client.wait([document_id])
    conversation = client.json("POST", "/api/v1/conversations", json={"title": "geheim", "kb_id": kb_id})
    client.json("POST", f"/api/v1/conversations/{conversation['id']}/messages", json={"content": SECRET})
    session_id = client.json("GET", "/api/v1/users/me/sessions")["items"][0]["id"]
    chunk_id = client.json("GET", f"/api/v1/knowledge/documents/{document_id}/chunks")["items"][0]["id"]
    key_id = client.json("POST", "/api/v1/keys", json={"name": "geheim", "scopes": ["ask"]})["id"]
    ids = {"kb_id": kb_id, "document_id": document_id, "conversation_id": conversation["id"], "session_id": session_id}
    ids |= {"chunk_id": chunk_id, "model": "kb:secret_base", "key_id": key_id}
    ids["user_id"] = ids["subject"] = client.user["id"]
    ids["workspace_id"] = client.json("GET", "/api/v1/workspaces")["items"][0]["id"]
    ids |= {"chunk_id": chunk_id, "model": "kb:secret_base", "key_id": key_id, "page": "1"}
    ids["user_id"] = client.user["id"]
    ids["group_id"] = client.json("POST", "/api/v1/groups", json={"name": "geheim"})["id"]
    invitation = {"email": "geheim@example.com", "role": "reader"}
    ids["invitation_id"] = client.json("POST", "/api/v1/members/invitations", json=invitation)["id"]
    hook = client.json(
        "POST", "/api/v1/webhooks", json={"url": "https://geheim.example.com", "events": ["task.failed"]}
    )
    ping = client.json("POST", f"/api/v1/webhooks/{hook['id']}/ping")
    return client, ids | {"webhook_id": hook["id"], "delivery_id": ping["id"]} | waiting_task(client)


def waiting_task(client: Client) -> dict[str, str]:
    """A task that waits for a person, who decides on every page that is fetched."""
    body = {"task": "geheim: http://127.0.0.1/morgenrot", "tools": ["fetch_url"]}
    task_id = client.json("POST", "/api/v1/agent/execute", json=body)["task_id"]
    [approval] = client.call("GET", f"/api/v1/agent/tasks/{task_id}/approvals").json()
    return {"task_id": task_id, "approval_id": approval["id"]}


@pytest.fixture(scope="module")
def stranger(product: Product) -> Client:
    return Client(product.base_url)


@pytest.mark.parametrize(("method", "path"), WITH_IDS)
def test_foreign_ids_are_answered_like_unknown_ids(
    method: str, path: str, owner: tuple[Client, dict[str, str]], stranger: Client
) -> None:
    _, ids = owner
    body = BODIES.get(path) if method in ("post", "put", "patch") else None

    foreign = stranger.call(method.upper(), path.format(**ids), json=body)
    unknown = stranger.call(method.upper(), path.format(**_unknown(ids)), json=body)

    assert foreign.status_code in (403, 404)
    assert foreign.status_code == unknown.status_code
    assert foreign.json() == unknown.json()
    assert "Morgenrot" not in foreign.text
    assert "geheim" not in foreign.text


def _unknown(ids: dict[str, str]) -> dict[str, str]:
    unknown = {name: f"{key.partition('-')[0]}-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f" for name, key in ids.items()}
    return unknown | {"page": ids["page"]}


@pytest.mark.parametrize(("method", "path"), NEEDS_TOKEN)
def test_every_operation_that_needs_a_token_refuses_without_one(
    method: str, path: str, owner: tuple[Client, dict[str, str]], stranger: Client
) -> None:
    response = stranger.http.request(
        method.upper(), path.format(**owner[1]), json=BODIES.get(path), headers={"authorization": ""}
    )

    assert response.status_code == 401
    assert names(path, response.json(), "UNAUTHENTICATED")


def test_lists_and_counts_cover_only_the_own_tenant(owner: tuple[Client, dict[str, str]], stranger: Client) -> None:
    for path in (
        "/api/v1/knowledge/bases",
        "/api/v1/conversations",
        "/api/v1/agent/tasks",
        "/api/v1/groups",
        "/api/v1/keys",
        "/api/v1/members/invitations",
        "/api/v1/webhooks",
    ):
        page = stranger.json("GET", path)
        assert (page["items"], page["total"], page["has_next"]) == ([], 0, False)


def test_questions_to_a_foreign_base_are_not_found(owner: tuple[Client, dict[str, str]], stranger: Client) -> None:
    response = stranger.call("POST", "/api/v1/rag/query", json={"query": SECRET, "kb_id": owner[1]["kb_id"]})

    assert response.status_code == 404
    assert response.json()["code"] == "KNOWLEDGE_BASE_NOT_FOUND"


def test_a_conversation_over_all_bases_searches_only_the_own_tenant(
    owner: tuple[Client, dict[str, str]], stranger: Client
) -> None:
    created = stranger.json("POST", "/api/v1/conversations", json={"title": "x"})
    message = stranger.json(
        "POST", f"/api/v1/conversations/{created['id']}/messages", json={"content": "Wann startet Projekt Morgenrot?"}
    )

    assert message["sources"] == []
    assert "März" not in message["content"]


def test_an_agent_searches_only_the_own_tenant(owner: tuple[Client, dict[str, str]], stranger: Client) -> None:
    body = {"task": "Wann startet Projekt Morgenrot?", "tools": ["knowledge_base", "table_query"]}
    task = stranger.json("POST", "/api/v1/agent/execute", json=body)
    named = stranger.call("POST", "/api/v1/agent/execute", json={**body, "kb_ids": [owner[1]["kb_id"]]})

    assert task["status"] == "completed"
    assert task["sources"] == []
    assert "März" not in json.dumps(task, ensure_ascii=False)
    assert (named.status_code, named.json()["code"]) == (404, "KNOWLEDGE_BASE_NOT_FOUND")


def test_a_conversation_cannot_name_a_foreign_base(owner: tuple[Client, dict[str, str]], stranger: Client) -> None:
    response = stranger.call("POST", "/api/v1/conversations", json={"title": "x", "kb_id": owner[1]["kb_id"]})

    assert response.status_code == 404
