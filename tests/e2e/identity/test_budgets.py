"""Budgets over HTTP: who sets them, and what they say."""

from __future__ import annotations

import pytest

from tests.support.client import Client
from tests.support.product import Product

BUDGETS = "/api/v1/budgets"


@pytest.fixture(scope="module")
def owner(product: Product) -> Client:
    return Client(product.base_url)


def test_an_administrator_sets_lists_and_removes_budgets(owner: Client) -> None:
    key_id = owner.json("POST", "/api/v1/keys", json={"name": "nightly", "scopes": ["ask"]})["id"]
    for subject, usd in (("workspace", 20), (owner.user["id"], 5.5), (key_id, 0)):
        put = owner.json("PUT", f"{BUDGETS}/{subject}", json={"limit_usd": usd})
        assert (put["id"], put["limit_usd"], put["used_usd"]) == (subject, usd, 0)

    listed = owner.json("GET", BUDGETS)
    removed = owner.call("DELETE", f"{BUDGETS}/{key_id}")
    again = owner.call("DELETE", f"{BUDGETS}/{key_id}")

    assert [(item["kind"], item["limit_usd"]) for item in listed["items"]] == [
        ("workspace", 20), ("user", 5.5), ("key", 0),
    ]  # fmt: skip
    assert listed["total"] == 3
    assert removed.status_code == 204
    assert (again.status_code, again.json()["code"]) == (404, "BUDGET_NOT_FOUND")
    assert owner.json("GET", BUDGETS)["total"] == 2


@pytest.mark.parametrize(
    "body", [{}, {"limit_usd": -1}, {"limit_usd": "much"}, {"limit_usd": 1e12}, {"limit_usd": 1, "month": "2026-11"}]
)
def test_what_is_no_budget_is_refused(owner: Client, body: dict[str, object]) -> None:
    assert owner.call("PUT", f"{BUDGETS}/workspace", json=body).status_code == 422


@pytest.mark.parametrize(
    "subject", ["everybody", "key-", "key-x", "%00", "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f", "x" * 900]
)
def test_a_budget_of_nobody_is_not_found(owner: Client, subject: str) -> None:
    answer = owner.call("PUT", f"{BUDGETS}/{subject}", json={"limit_usd": 1})

    assert (answer.status_code, answer.json()["code"]) == (404, "BUDGET_NOT_FOUND")


def test_no_key_changes_what_it_may_spend(owner: Client) -> None:
    machine = owner.with_key("admin")

    assert machine.json("GET", BUDGETS)["page"] == 1
    refused = machine.call("PUT", f"{BUDGETS}/{machine.created['id']}", json={"limit_usd": 9})
    assert (refused.status_code, refused.json()["code"]) == (403, "SESSION_NEEDED")


def test_an_owner_renames_the_workspace_and_nobody_else_does(owner: Client) -> None:
    [workspace] = owner.json("GET", "/api/v1/workspaces")["items"]
    path = f"/api/v1/workspaces/{workspace['id']}"
    admin, stranger = owner.invite("admin"), Client(str(owner.http.base_url))

    renamed = owner.json("PATCH", path, json={"name": " Acme\u3000GmbH "})
    by_admin, by_stranger = (who.call("PATCH", path, json={"name": "x"}) for who in (admin, stranger))
    nameless = owner.call("PATCH", path, json={"name": " "})

    assert renamed["name"] == owner.json("GET", "/api/v1/workspaces")["items"][0]["name"] == "Acme GmbH"
    assert (by_admin.status_code, by_admin.json()["code"]) == (403, "ROLE_MISSING")
    assert (by_stranger.status_code, by_stranger.json()["code"]) == (404, "WORKSPACE_NOT_FOUND")
    assert (nameless.status_code, nameless.json()["code"]) == (422, "VALIDATION_ERROR")
    [entry] = owner.json("GET", "/api/v1/audit?action=workspace.renamed")["items"]
    assert entry["details"] == {"name": "Acme GmbH"}
