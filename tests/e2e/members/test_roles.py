"""Every operation of the API description × every role, in one workspace with one restricted base.

And what a lost grant takes away: everything, on every path, with the next call.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest

from tests.e2e.test_tenants_are_separate import BODIES, NEEDS_TOKEN
from tests.support.client import Client
from tests.support.product import Product

ROLES: Final = ("owner", "admin", "editor", "reader")
NOBODY: Final = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"
FACT, QUESTION = "The spare key of the archive is kept in the blue box.", "Where is the spare key of the archive kept?"
PREFIX: Final = "/api/v1"
DIFY_SETTING: Final = {"top_k": 3, "score_threshold": 0.0}

# A mark a role, in the order of ROLES: + the operation is the role's, - it is refused with 403, 0 the restricted base
# is not found. An operation that is not named is everybody's.
ADMINISTRATORS: Final = (
    "POST /groups",
    "DELETE /groups/{group_id}",
    "PUT /groups/{group_id}/members",
    "GET /members/invitations",
    "POST /members/invitations",
    "DELETE /members/invitations/{invitation_id}",
    "PATCH /members/{user_id}",
    "DELETE /members/{user_id}",
    "GET /users",
    "GET /usage",
    "GET /audit",
    "GET /webhooks",
    "POST /webhooks",
    "GET /webhooks/{webhook_id}",
    "PATCH /webhooks/{webhook_id}",
    "DELETE /webhooks/{webhook_id}",
    "POST /webhooks/{webhook_id}/ping",
    "GET /webhooks/{webhook_id}/deliveries",
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    "GET /budgets",
    "PUT /budgets/{subject}",
    "DELETE /budgets/{subject}",
)
EDITORS: Final = ("GET /groups", "GET /members", "POST /knowledge/bases")
ON_THE_BASE: Final = (
    "POST /rag/query",
    "POST /retrieval",
    "POST /rag/diagnose",
    "POST /conversations",
    "POST /agent/execute",
    "POST /dify/retrieval",
    "POST /v1/chat/completions",
    "POST /v1/embeddings",
    "GET /v1/models/{model}",
)
# As each protocol says that a base or a document is not there.
HIDDEN: Final = ("KNOWLEDGE_BASE_NOT_FOUND", "DOCUMENT_NOT_FOUND", "model_not_found", 2001)
# What ends with its call: a base of its own for each role that may.
ENDS_THE_BASE: Final = ("DELETE /knowledge/bases/{kb_id}", "DELETE /knowledge/documents/{document_id}")


def name_of(method: str, path: str) -> str:
    return f"{method.upper()} {path.removeprefix(PREFIX)}"


def expected(operation: str) -> str:
    if operation in ADMINISTRATORS:
        return "++--"
    if operation in EDITORS:
        return "+++-"
    is_on_the_base = operation in ON_THE_BASE or "{kb_id}" in operation or "{document_id}" in operation
    return "++00" if is_on_the_base else "++++"


def mark(response: httpx.Response) -> str:
    if response.status_code == 403:
        return "-"
    if response.status_code != 404:
        return "+"
    answer = response.json()
    code = answer.get("code") or answer.get("error_code") or answer["error"]["code"]
    return "0" if code in HIDDEN else "+"


@dataclass
class Company:
    """Four members, one restricted base with one document, which nobody was granted."""

    owner: Client
    members: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        others = {role: self.owner.invite(role) for role in ROLES[1:]}
        self.members = {"owner": self.owner, **others}
        self.ids = self.restricted_base("closed")
        self.owner.wait([self.ids["document_id"]])

    def restricted_base(self, name: str) -> dict[str, str]:
        kb_id = self.owner.create_base(name)
        document_id = self.owner.upload(kb_id, "archive.txt", FACT.encode())
        self.put_access(kb_id)
        return {"kb_id": kb_id, "document_id": document_id}

    def put_access(self, kb_id: str, *grants: dict[str, str]) -> None:
        body = {"visibility": "restricted", "grants": list(grants)}
        self.owner.json("PUT", f"{PREFIX}/knowledge/bases/{kb_id}/access", json=body)

    def call(self, role: str, method: str, path: str) -> httpx.Response:
        member, operation = self.members[role], name_of(method, path)
        spoilt = operation in ENDS_THE_BASE and role in ("owner", "admin")
        ids = self.restricted_base(f"for_{role}_{len(path)}") if spoilt else self.ids
        others = {
            "conversation_id": f"conv-{NOBODY}",
            "session_id": f"session-{NOBODY}",
            "task_id": f"task-{NOBODY}",
            "approval_id": f"approval-{NOBODY}",
            "group_id": f"group-{NOBODY}",
            "invitation_id": f"invitation-{NOBODY}",
            "key_id": f"key-{NOBODY}",
            "webhook_id": f"webhook-{NOBODY}",
            "delivery_id": f"delivery-{NOBODY}",
            "user_id": NOBODY,
            "subject": NOBODY,
            "workspace_id": NOBODY,
            "chunk_id": f"chunk-{NOBODY}",
            "model": ids["kb_id"],
            "page": "1",
        }
        if operation == "POST /auth/logout":
            member.sign_in()  # so that the session which ends is a spare one
        response = member.call(method.upper(), path.format(**others, **ids), json=body_of(method, path, ids["kb_id"]))
        if operation == "POST /auth/logout":
            member.sign_in()
        return response


def body_of(method: str, path: str, kb_id: str) -> Any:
    bodies: dict[str, Any] = {
        "POST /rag/query": {"query": QUESTION, "kb_id": kb_id},
        "POST /retrieval": {"query": QUESTION, "kb_ids": [kb_id]},
        "POST /rag/diagnose": {"query": QUESTION, "kb_id": kb_id, "expected": {"text": FACT}},
        "POST /conversations": {"title": "x", "kb_id": kb_id},
        "PUT /knowledge/bases/{kb_id}/access": {"visibility": "restricted", "grants": []},
        "POST /dify/retrieval": {"knowledge_id": kb_id, "query": QUESTION, "retrieval_setting": DIFY_SETTING},
        "POST /v1/chat/completions": {"model": kb_id, "messages": [{"role": "user", "content": QUESTION}]},
        "POST /v1/embeddings": {"model": kb_id, "input": QUESTION},
        "POST /agent/execute": {"task": QUESTION, "tools": ["knowledge_base"], "kb_ids": [kb_id]},
    }
    if method == "get" or ("{" in path and method == "delete"):
        return None
    return bodies.get(name_of(method, path), BODIES.get(path, {}))


@pytest.fixture(scope="module")
def company(product: Product) -> Company:
    return Company(Client(product.base_url))


@pytest.mark.timeout(600)
def test_every_operation_is_allowed_refused_or_hidden_as_the_role_says(company: Company) -> None:
    table = {name_of(method, path): expected(name_of(method, path)) for method, path in NEEDS_TOKEN}

    found = {
        name_of(method, path): "".join(mark(company.call(role, method, path)) for role in ROLES)
        for method, path in NEEDS_TOKEN
    }

    assert {name: (marks, table[name]) for name, marks in found.items() if marks != table[name]} == {}
    counts = Counter("".join(found.values()))
    assert sum(counts.values()) == len(ROLES) * len(NEEDS_TOKEN)
    assert counts["-"] == 2 * len(ADMINISTRATORS) + len(EDITORS)
    assert counts["0"] == 2 * sum(marks == "++00" for marks in table.values()) >= 40
    assert {*ADMINISTRATORS, *EDITORS, *ENDS_THE_BASE} <= set(table)


def paths_to_the_base(member: Client, kb_id: str, document_id: str, link: str) -> dict[str, bool]:
    """Whether the member gets at the base, by every way that leads there."""
    task = {"task": QUESTION, "tools": ["knowledge_base"]}
    talk = member.json("POST", f"{PREFIX}/conversations", json={"title": "all bases"})["id"]
    message = member.json("POST", f"{PREFIX}/conversations/{talk}/messages", json={"content": QUESTION})
    asked = {
        "query": ("POST", "/rag/query", {"query": QUESTION, "kb_id": kb_id}),
        "retrieval": ("POST", "/retrieval", {"query": QUESTION, "kb_ids": [kb_id]}),
        "base": ("GET", f"/knowledge/bases/{kb_id}", None),
        "document": ("GET", f"/knowledge/documents/{document_id}", None),
        "chunks": ("GET", f"/knowledge/documents/{document_id}/chunks", None),
        "list of documents": ("GET", f"/knowledge/bases/{kb_id}/documents", None),
        "new conversation": ("POST", "/conversations", {"title": "x", "kb_id": kb_id}),
        "agent on the base": ("POST", "/agent/execute", {**task, "kb_ids": [kb_id]}),
    }
    found = {
        way: member.call(method, f"{PREFIX}{path}", json=body).is_success for way, (method, path, body) in asked.items()
    }
    bases = member.json("GET", f"{PREFIX}/knowledge/bases")
    found["list of bases"] = kb_id in [base["id"] for base in bases["items"]]
    found["count of bases"] = bases["total"] > 0
    found["message over all bases"] = "blue box" in json.dumps(message)
    found["agent over all bases"] = "blue box" in json.dumps(member.json("POST", f"{PREFIX}/agent/execute", json=task))
    found["link"] = member.open_link(link).is_success
    return found


@pytest.mark.timeout(600)
def test_a_lost_grant_is_lost_on_every_path_with_the_next_call(company: Company, product: Product) -> None:
    owner = Client(product.base_url)
    own = Company.__new__(Company)
    own.owner = owner
    member, ids = owner.invite("reader"), own.restricted_base("secrets")
    kb_id, document_id = ids["kb_id"], ids["document_id"]
    owner.wait([document_id])
    own.put_access(kb_id, {"member": member.user["id"], "right": "read"})
    link = member.ask(kb_id, QUESTION)["sources"][0]["url"]
    talk = member.json("POST", f"{PREFIX}/conversations", json={"title": "kept", "kb_id": kb_id})["id"]
    member.json("POST", f"{PREFIX}/conversations/{talk}/messages", json={"content": QUESTION})
    before = paths_to_the_base(member, kb_id, document_id, link)
    written = member.call("DELETE", f"{PREFIX}/knowledge/documents/{document_id}")

    own.put_access(kb_id)
    kept = member.call("GET", f"{PREFIX}/conversations/{talk}/messages")
    after = paths_to_the_base(member, kb_id, document_id, link)

    assert written.json()["code"] == "RIGHT_MISSING"
    assert {way for way, is_open in before.items() if not is_open} == set()
    assert {way for way, is_open in after.items() if is_open} == set()
    assert len(after) == 13
    assert "blue box" not in kept.text
    assert "blue box" in owner.ask(kb_id, QUESTION)["answer"]
