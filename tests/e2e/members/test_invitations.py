"""Invitations through the gateway: made, shown once, listed, taken and revoked."""

from __future__ import annotations

import uuid

import pytest

from tests.support.client import PASSWORD, Client
from tests.support.product import Product

INVITATIONS, ACCEPT = "/api/v1/members/invitations", "/api/v1/members/invitations/accept"


@pytest.fixture
def owner(product: Product) -> Client:
    return Client(product.base_url)


def new_email() -> str:
    return f"{uuid.uuid4().hex}@example.com"


def test_an_invitation_shows_its_link_once(owner: Client) -> None:
    made = owner.json("POST", INVITATIONS, json={"email": "neu@example.com", "role": "editor"})
    page = owner.json("GET", INVITATIONS)

    assert set(made) == {"id", "url", "token", "expires_at"}
    assert made["url"].endswith(f"/?invitation={made['token']}")
    assert (page["total"], page["items"][0]["id"], page["items"][0]["email"]) == (1, made["id"], "neu@example.com")
    assert made["token"] not in str(page)


def test_who_registers_with_it_works_in_that_workspace_at_once(owner: Client) -> None:
    kb_id = owner.create_base("shared_manuals")

    reader = owner.invite("reader")

    assert [base["id"] for base in reader.json("GET", "/api/v1/knowledge/bases")["items"]] == [kb_id]
    assert reader.call("POST", "/api/v1/knowledge/bases", json={"name": "mine", "display_name": ""}).status_code == 403
    assert owner.json("GET", INVITATIONS)["items"] == []


def test_somebody_with_an_account_accepts_it(owner: Client, product: Product) -> None:
    member = Client(product.base_url)
    made = owner.json("POST", INVITATIONS, json={"email": member.email, "role": "admin"})

    joined = member.json("POST", ACCEPT, json={"invitation": made["token"]})
    again = member.call("POST", ACCEPT, json={"invitation": made["token"]})

    assert set(joined) == {"id", "name", "role", "current"}
    assert (joined["role"], joined["current"]) == ("admin", False)
    assert (again.status_code, again.json()["code"]) == (404, "INVITATION_NOT_FOUND")


def test_what_cannot_be_invited_is_refused(owner: Client) -> None:
    reader = owner.invite("reader")
    kb_id = "kb-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"

    refused = {
        "member": owner.call("POST", INVITATIONS, json={"email": reader.email.upper(), "role": "reader"}),
        "base": owner.call("POST", INVITATIONS, json={"email": new_email(), "role": "reader", "bases": [kb_id]}),
        "address": owner.call("POST", INVITATIONS, json={"email": "nobody", "role": "reader"}),
        "role": owner.call("POST", INVITATIONS, json={"email": new_email(), "role": "root"}),
        "above": owner.invite("admin").call("POST", INVITATIONS, json={"email": new_email(), "role": "owner"}),
        "reader": reader.call("POST", INVITATIONS, json={"email": new_email(), "role": "reader"}),
        "list": reader.call("GET", INVITATIONS),
    }

    assert {name: (answer.status_code, answer.json()["code"]) for name, answer in refused.items()} == {
        "member": (409, "ALREADY_MEMBER"),
        "base": (404, "KNOWLEDGE_BASE_NOT_FOUND"),
        "address": (422, "VALIDATION_ERROR"),
        "role": (422, "VALIDATION_ERROR"),
        "above": (403, "ROLE_MISSING"),
        "reader": (403, "SCOPE_MISSING"),
        "list": (403, "SCOPE_MISSING"),
    }


def test_a_revoked_one_registers_nobody(owner: Client) -> None:
    email = new_email()
    made = owner.json("POST", INVITATIONS, json={"email": email, "role": "reader"})
    revoked = owner.call("DELETE", f"{INVITATIONS}/{made['id']}")
    body = {"email": email, "password": PASSWORD, "username": "late", "invitation": made["token"]}

    refused = owner.call("POST", "/api/v1/auth/register", json=body)

    assert revoked.status_code == 204
    assert owner.call("DELETE", f"{INVITATIONS}/{made['id']}").status_code == 404
    assert (refused.status_code, refused.json()["code"]) == (404, "INVITATION_NOT_FOUND")


def test_another_address_cannot_register_with_it(owner: Client) -> None:
    made = owner.json("POST", INVITATIONS, json={"email": new_email(), "role": "owner"})
    body = {"email": new_email(), "password": PASSWORD, "username": "other", "invitation": made["token"]}

    refused = owner.call("POST", "/api/v1/auth/register", json=body)

    assert (refused.status_code, refused.json()["code"]) == (403, "INVITATION_FOR_ANOTHER")
