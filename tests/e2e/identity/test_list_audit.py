"""GET /api/v1/audit: administrators see who did what"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.client import Client
from tests.support.product import Product

AUDIT = "/api/v1/audit"


@pytest.fixture(scope="module")
def owner(product: Product) -> Client:
    return Client(product.base_url)


def test_what_an_owner_did_is_listed_and_can_be_filtered(owner: Client) -> None:
    kb_id = owner.create_base("audited")
    machine = owner.with_key("write", "admin")
    document_id = machine.upload(kb_id, "secret.txt", b"The vault code is 4711.")
    machine.call("DELETE", f"/api/v1/knowledge/documents/{document_id}")
    owner.call("DELETE", f"/api/v1/keys/{machine.created['id']}")

    page = owner.json("GET", AUDIT)
    assert [(item["action"], item["target"]) for item in page["items"]] == [
        ("key.revoked", machine.created["id"]),
        ("document.deleted", document_id),
        ("key.created", machine.created["id"]),
        ("base.created", kb_id),
        ("sign_in.succeeded", owner.email),
    ]
    assert {item["actor"] for item in page["items"]} == {owner.email}
    assert {item["ip"] for item in page["items"]} == {"127.0.0.1"}
    assert page["items"][1]["details"]["key_id"] == machine.created["id"]
    assert "vault" not in str(page)
    assert machine.created["key"] not in str(page)

    def count(**wanted: str) -> int:
        return int(owner.json("GET", AUDIT, params=wanted)["total"])

    today, tomorrow = datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)
    assert count(action="base.created") == 1
    assert count(actor=owner.email.upper()) == 5
    assert count(to=today.date().isoformat()) == 5
    assert count(**{"from": tomorrow.isoformat()}) == 0


def test_a_failed_sign_in_is_seen_by_the_workspace(owner: Client) -> None:
    owner.call("POST", "/api/v1/auth/login", json={"email": owner.email, "password": "Loud-Harbour-3-Bells"})

    newest = owner.json("GET", AUDIT, params={"page_size": 1})["items"][0]
    assert (newest["action"], newest["target"]) == ("sign_in.failed", owner.email)


def test_a_key_needs_the_scope(owner: Client) -> None:
    refused = owner.with_key().call("GET", AUDIT)

    assert (refused.status_code, refused.json()["code"]) == (403, "SCOPE_MISSING")
    assert owner.with_key("admin").call("GET", AUDIT).is_success


@pytest.mark.parametrize("wanted", [{"from": "yesterday"}, {"to": "2026-01-01T00:00:00"}, {"since": "2026-01-01"}])
def test_what_is_no_period_is_refused(owner: Client, wanted: dict[str, str]) -> None:
    assert owner.call("GET", AUDIT, params=wanted).status_code == 422
