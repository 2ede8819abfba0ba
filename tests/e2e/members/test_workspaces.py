"""A person in two workspaces, through the gateway."""

from __future__ import annotations

from tests.support.client import Client
from tests.support.product import Product

WORKSPACES, SWITCH = "/api/v1/workspaces", "/api/v1/auth/switch"
NOBODY = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"


def test_a_member_of_two_workspaces_works_in_either(product: Product) -> None:
    owner, member = Client(product.base_url), Client(product.base_url)
    theirs, own = owner.create_base("theirs"), member.create_base("own")
    made = owner.json("POST", "/api/v1/members/invitations", json={"email": member.email, "role": "reader"})
    joined = member.json("POST", "/api/v1/members/invitations/accept", json={"invitation": made["token"]})
    at_home = [base["id"] for base in member.json("GET", "/api/v1/knowledge/bases")["items"]]

    switched = member.json("POST", SWITCH, json={"workspace_id": joined["id"]})
    member.http.headers["authorization"] = f"Bearer {switched['access_token']}"
    page = member.json("GET", WORKSPACES)

    assert set(switched) == {"access_token", "refresh_token", "expires_in", "user"}
    assert at_home == [own]
    assert [base["id"] for base in member.json("GET", "/api/v1/knowledge/bases")["items"]] == [theirs]
    assert [(item["role"], item["current"]) for item in page["items"]] == [("owner", False), ("reader", True)]
    assert page["items"][1]["id"] == joined["id"]


def test_a_workspace_that_is_not_the_callers_is_not_found(client: Client) -> None:
    for workspace_id in (NOBODY, "x", "工作区"):
        refused = client.call("POST", SWITCH, json={"workspace_id": workspace_id})
        assert (refused.status_code, refused.json()["code"]) == (404, "WORKSPACE_NOT_FOUND")
    assert client.call("GET", WORKSPACES, params={"page": 0}).status_code == 422
