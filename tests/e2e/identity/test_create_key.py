"""POST /api/v1/keys: what a key may do, and what it never may"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.support.client import Client, Machine
from tests.support.product import Product

KEYS, BASES, QUERY, RETRIEVE = "/api/v1/keys", "/api/v1/knowledge/bases", "/api/v1/rag/query", "/api/v1/retrieval"
FACT = "The harbour crane of Ostwick lifts 42 tonnes."


@pytest.fixture(scope="module")
def maker(product: Product) -> Client:
    return Client(product.base_url)


@pytest.fixture(scope="module")
def kb_id(maker: Client) -> str:
    return maker.create_base_of("cranes", "crane.txt", FACT)


def both(kb_id: str, query: str) -> dict[str, dict[str, Any]]:
    """A question and a search, by their paths."""
    return {QUERY: {"kb_id": kb_id, "query": query}, RETRIEVE: {"kb_ids": [kb_id], "query": query}}


def code_of(caller: Client, method: str, path: str, **more: Any) -> tuple[int, str]:
    answer = caller.call(method, path, **more)
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


def test_a_key_is_shown_once_and_described_as_listed(maker: Client) -> None:
    created = maker.call("POST", KEYS, json={"name": " 夜间报表 ", "scopes": ["write", "ask", "ask"]})

    key = created.json()
    assert created.status_code == 201
    assert set(key) == {
        *("id", "key", "name", "prefix", "scopes", "bases", "created_at", "expires_at", "last_used_at", "maker")
    }
    assert key["key"].startswith(f"vh_{key['prefix']}_")
    assert (key["name"], key["scopes"], key["bases"]) == ("夜间报表", ["ask", "write"], None)
    assert (key["expires_at"], key["last_used_at"], key["maker"]["email"]) == (None, None, maker.email)


def test_a_program_uploads_searches_and_asks_with_a_key(maker: Client) -> None:
    machine = maker.with_key()
    kb_id = machine.create_base_of("machine_made", "crane.txt", FACT)

    found = machine.json("POST", RETRIEVE, json={"kb_ids": [kb_id], "query": "What does the crane of Ostwick lift?"})
    answer = machine.ask(kb_id, "How many tonnes does the harbour crane of Ostwick lift?")

    assert "42 tonnes" in str(found)
    assert "42" in answer["answer"]
    assert machine.json("GET", "/api/v1/users/me")["email"] == maker.email


@pytest.mark.parametrize(
    ("scope", "method", "path", "body"),
    [
        ("ask", "POST", QUERY, {}),
        ("retrieve", "POST", RETRIEVE, {}),
        ("write", "POST", BASES, {"name": "other_crane", "display_name": "x"}),
    ],
)
def test_a_scope_opens_its_endpoints_and_no_others(
    maker: Client, kb_id: str, scope: str, method: str, path: str, body: dict[str, Any]
) -> None:
    body = body or both(kb_id, "crane")[path]
    others = [name for name in ("ask", "retrieve", "write") if name != scope]

    assert code_of(maker.with_key(*others), method, path, json=body) == (403, "SCOPE_MISSING")
    assert code_of(maker.with_key(scope), method, path, json=body)[0] < 300


def test_a_key_without_the_scope_to_write_adds_and_deletes_nothing(maker: Client, kb_id: str) -> None:
    machine = maker.with_key("ask", "retrieve", "admin")
    file = {"file": ("a.txt", b"text", "text/plain")}

    assert code_of(machine, "POST", f"{BASES}/{kb_id}/documents", files=file) == (403, "SCOPE_MISSING")
    assert code_of(machine, "DELETE", f"{BASES}/{kb_id}") == (403, "SCOPE_MISSING")


def test_a_key_sees_only_the_bases_that_it_names(maker: Client, kb_id: str) -> None:
    other = maker.create_base_of("boats", "boat.txt", "The boat Selma is green.")
    machine = maker.with_key(bases=[kb_id])

    assert machine.created["bases"] == [kb_id]
    assert [base["id"] for base in machine.json("GET", BASES)["items"]] == [kb_id]
    assert code_of(machine, "GET", f"{BASES}/{other}") == (404, "KNOWLEDGE_BASE_NOT_FOUND")
    for path, body in both(other, "Which colour has the boat Selma?").items():
        assert code_of(machine, "POST", path, json=body) == (404, "KNOWLEDGE_BASE_NOT_FOUND")
    file = {"file": ("a.txt", b"text", "text/plain")}
    assert code_of(machine, "POST", f"{BASES}/{other}/documents", files=file)[0] == 404
    assert machine.ask(kb_id, "How many tonnes does the crane lift?")["sources"]


def test_a_key_makes_lists_and_ends_no_keys_and_no_sessions(maker: Client) -> None:
    machine = maker.with_key("ask", "retrieve", "write", "admin")
    session = maker.json("GET", "/api/v1/users/me/sessions")["items"][0]["id"]

    for method, path in (
        ("POST", KEYS),
        ("GET", KEYS),
        ("DELETE", f"{KEYS}/{machine.created['id']}"),
        ("GET", "/api/v1/users/me/sessions"),
        ("DELETE", f"/api/v1/users/me/sessions/{session}"),
        ("POST", "/api/v1/auth/logout"),
    ):
        body = {"name": "k", "scopes": ["ask"]} if method == "POST" and path == KEYS else None
        assert code_of(machine, method, path, json=body) == (403, "SESSION_NEEDED")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 65}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["ask", "everything"]}, "scopes.1"),
        ({"scopes": "ask"}, "scopes"),
        ({"scopes": ["ask"] * 21}, "scopes"),
        ({"bases": []}, "bases"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": 1e300}, "expires_at"),
        ({"user_id": "x"}, "user_id"),
    ],
)
def test_what_a_key_cannot_be_is_said_with_the_field(maker: Client, change: dict[str, Any], field: str) -> None:
    answer = maker.call("POST", KEYS, json={"name": "k", "scopes": ["ask"], **change})

    assert answer.status_code == 422, answer.text
    assert [item["field"] for item in answer.json()["details"]["fields"]] == [field]


@pytest.mark.parametrize("kb", ["kb-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f", "x", "foreign"])
def test_a_base_that_the_maker_does_not_see_is_not_found(product: Product, maker: Client, kb_id: str, kb: str) -> None:
    base = Client(product.base_url).create_base("foreign") if kb == "foreign" else kb
    body = {"name": "k", "scopes": ["ask"], "bases": [kb_id, base]}

    assert code_of(maker, "POST", KEYS, json=body) == (404, "KNOWLEDGE_BASE_NOT_FOUND")


def test_a_key_ends_at_its_time(maker: Client) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=1)
    machine = maker.with_key(expires_at=ends.isoformat())
    while datetime.now(UTC) <= ends:  # the service's clock is this machine's
        pass

    assert code_of(machine, "GET", BASES) == (401, "INVALID_TOKEN")


def test_a_key_of_a_member_who_was_removed_sees_nothing_at_once(product: Product) -> None:
    if not product.dsn:
        pytest.skip("memberships are ended in the database of a product of our own")
    maker = Client(product.base_url)
    kb_id = maker.create_base("left_behind")
    machine = maker.with_key()
    assert machine.json("GET", BASES)["total"] == 1
    with psycopg.connect(product.dsn) as connection:
        connection.execute(
            "DELETE FROM membership WHERE user_id = (SELECT id FROM app_user WHERE email = %s)", (maker.email,)
        )

    assert machine.json("GET", BASES)["total"] == 0
    assert code_of(machine, "GET", f"{BASES}/{kb_id}") == (404, "KNOWLEDGE_BASE_NOT_FOUND")


def test_who_is_no_administrator_makes_no_key_that_is_one(product: Product) -> None:
    if not product.dsn:
        pytest.skip("roles are changed in the database of a product of our own")
    member = Client(product.base_url)
    with psycopg.connect(product.dsn) as connection:
        connection.execute(
            "UPDATE membership SET role = 'editor' WHERE user_id = (SELECT id FROM app_user WHERE email = %s)",
            (member.email,),
        )
    refused = member.call("POST", KEYS, json={"name": "k", "scopes": ["ask", "admin"]})

    assert (refused.status_code, refused.json()["code"]) == (403, "SCOPE_MISSING")
    assert refused.json()["details"] == {"scope": "admin"}
    assert isinstance(member.with_key("ask"), Machine)
