"""Groups, and access to a base, through the gateway: what is answered, and what is refused in which words."""

from __future__ import annotations

import pytest

from tests.support.client import Client
from tests.support.product import Product

GROUPS = "/api/v1/groups"
NOBODY = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"


@pytest.fixture
def owner(product: Product) -> Client:
    return Client(product.base_url)


def test_a_group_is_made_filled_listed_and_deleted(owner: Client) -> None:
    group = owner.json("POST", GROUPS, json={"name": "客服"})
    filled = owner.json("PUT", f"{GROUPS}/{group['id']}/members", json={"members": [owner.user["id"]]})
    page = owner.json("GET", GROUPS)
    deleted = owner.call("DELETE", f"{GROUPS}/{group['id']}")

    assert set(group) == {"id", "name", "member_count", "created_at"}
    assert group["id"].startswith("group-")
    assert (page["items"], page["total"], page["has_next"]) == ([filled], 1, False)
    assert filled["member_count"] == 1
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert owner.json("GET", GROUPS)["items"] == []


def test_what_is_wrong_with_a_group_is_said(owner: Client) -> None:
    group = owner.json("POST", GROUPS, json={"name": "legal"})
    taken = owner.call("POST", GROUPS, json={"name": " legal"})
    unnamed = owner.call("POST", GROUPS, json={"name": " "})
    stranger = owner.call("PUT", f"{GROUPS}/{group['id']}/members", json={"members": [NOBODY]})
    unknown = owner.call("DELETE", f"{GROUPS}/group-{NOBODY}")
    beyond = owner.call("GET", GROUPS, params={"page_size": 201})

    assert (taken.status_code, taken.json()["code"]) == (409, "GROUP_NAME_TAKEN")
    assert (unnamed.status_code, unnamed.json()["details"]["fields"][0]["field"]) == (422, "name")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "MEMBER_NOT_FOUND")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "GROUP_NOT_FOUND")
    assert beyond.status_code == 422


def test_access_to_a_base_is_read_and_replaced(owner: Client) -> None:
    path = f"/api/v1/knowledge/bases/{owner.create_base('contracts')}/access"
    group = owner.json("POST", GROUPS, json={"name": "readers"})
    before = owner.json("GET", path)
    wanted = {
        "visibility": "restricted",
        "grants": [{"member": owner.user["id"], "right": "manage"}, {"group": group["id"], "right": "read"}],
    }

    put = owner.json("PUT", path, json=wanted)

    assert before == {"visibility": "workspace", "grants": []}
    assert put == owner.json("GET", path) == wanted


def test_what_is_wrong_with_a_grant_is_said_at_its_place(owner: Client) -> None:
    kb_id = owner.create_base("contracts")
    path = f"/api/v1/knowledge/bases/{kb_id}/access"
    both = {"member": owner.user["id"], "group": f"group-{NOBODY}", "right": "read"}

    invalid = owner.call("PUT", path, json={"visibility": "restricted", "grants": [both]})
    twice = owner.call("PUT", path, json={"visibility": "restricted", "grants": [{**both, "group": None}] * 2})
    foreign = owner.call(
        "PUT", path, json={"visibility": "restricted", "grants": [{"member": NOBODY, "right": "read"}]}
    )
    unknown = owner.call("GET", path.replace(kb_id, f"kb-{NOBODY}"))

    assert (invalid.status_code, invalid.json()["details"]["fields"][0]["field"]) == (422, "grants.0")
    assert (twice.status_code, twice.json()["details"]["fields"][0]["field"]) == (422, "grants")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "GRANTEE_NOT_FOUND")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "KNOWLEDGE_BASE_NOT_FOUND")
    assert owner.json("GET", path) == {"visibility": "workspace", "grants": []}
