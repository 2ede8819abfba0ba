"""What is changed of bases and documents is shown at once, and what is wrong is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client

BASES = "/api/v1/knowledge/bases"
DOCUMENTS = "/api/v1/knowledge/documents"
UNKNOWN = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    return client.create_base_of("changes", "停车.md", "# 停车\n\n访客车位在地下二层。\n")


@pytest.fixture(scope="module")
def document_id(client: Client, kb_id: str) -> str:
    return str(client.json("GET", f"{BASES}/{kb_id}/documents")["items"][0]["id"])


def test_a_base_changes_in_what_is_named_alone(client: Client, kb_id: str) -> None:
    client.json("PATCH", f"{BASES}/{kb_id}", json={"display_name": " 停车须知 ", "description": "楼宇"})

    changed = client.json("PATCH", f"{BASES}/{kb_id}", json={"description": ""})

    assert (changed["name"], changed["display_name"], changed["description"]) == ("changes", "停车须知", "")
    assert changed == client.json("GET", f"{BASES}/{kb_id}")


def test_a_name_of_another_base_is_taken(client: Client, kb_id: str) -> None:
    client.create_base("changes_taken")

    taken = client.call("PATCH", f"{BASES}/{kb_id}", json={"name": "changes_taken"})

    assert (taken.status_code, taken.json()["code"]) == (409, "KNOWLEDGE_BASE_NAME_TAKEN")
    assert client.json("PATCH", f"{BASES}/{kb_id}", json={"name": "changes"})["name"] == "changes"


def test_other_metadata_decides_the_next_search_and_the_next_answer(
    client: Client, kb_id: str, document_id: str
) -> None:
    def found(**wanted: Any) -> int:
        body = {"query": "访客车位在哪里", "kb_ids": [kb_id], "filter": wanted}
        return len(client.json("POST", "/api/v1/retrieval", json=body)["passages"])

    client.json("PATCH", f"{DOCUMENTS}/{document_id}", json={"metadata": {"floor": -2, "kind": "parking"}})
    before = found(floor={"lt": 0}), client.ask(kb_id, "访客车位在哪里？", filter={"kind": "parking"})["status"]

    changed = client.json("PATCH", f"{DOCUMENTS}/{document_id}", json={"metadata": {"kind": "garage"}})

    assert (changed["metadata"], changed["filename"], changed["status"]) == ({"kind": "garage"}, "停车.md", "indexed")
    assert before == (1, "answered")
    assert (found(floor={"lt": 0}), found(kind="garage")) == (0, 1)
    assert client.ask(kb_id, "访客车位在哪里？", filter={"kind": "parking"})["status"] == "refused"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (BASES, {"name": "Not valid"}), (BASES, {"name": None}), (BASES, {"status": "deleting"}),
        (BASES, {"embedding_model": "x"}), (BASES, {"display_name": "x" * 201}),
        (DOCUMENTS, {"filename": "b.md"}), (DOCUMENTS, {"metadata": None}), (DOCUMENTS, {"metadata": []}),
        (DOCUMENTS, {"metadata": {"a": "x" * 17_000}}),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_refused(
    client: Client, kb_id: str, document_id: str, path: str, body: dict[str, Any]
) -> None:
    key = kb_id if path == BASES else document_id

    assert client.call("PATCH", f"{path}/{key}", json=body).status_code == 422


@pytest.mark.parametrize(
    ("path", "code"),
    [(f"{BASES}/kb-{UNKNOWN}", "KNOWLEDGE_BASE_NOT_FOUND"), (f"{DOCUMENTS}/doc-{UNKNOWN}", "DOCUMENT_NOT_FOUND")],
)
def test_what_is_unknown_is_not_found(client: Client, path: str, code: str) -> None:
    response = client.call("PATCH", path, json={})

    assert (response.status_code, response.json()["code"]) == (404, code)
