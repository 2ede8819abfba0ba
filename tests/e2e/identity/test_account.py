"""One's own account through the gateway: taken along in pages, and deleted."""

from __future__ import annotations

import pytest

from tests.support.client import PASSWORD, Client
from tests.support.product import Product

ME, EXPORT = "/api/v1/users/me", "/api/v1/users/me/export"


@pytest.fixture
def member(product: Product) -> Client:
    return Client(product.base_url)


def test_an_export_is_pages_of_records(member: Client) -> None:
    member.json("POST", "/api/v1/conversations", json={"title": "Umzug"})

    page = member.json("GET", EXPORT)

    assert set(page) == {"items", "total", "page", "page_size", "has_next"}
    assert [item["kind"] for item in page["items"]] == ["profile", "membership", "conversation"]
    assert page["items"][0]["content"]["email"] == member.email
    assert member.call("GET", EXPORT, params={"page_size": 0}).status_code == 422


def test_an_account_is_deleted_with_its_password_alone(member: Client) -> None:
    kb_id = member.create_base_of("own", "own.txt", "The spare key is in the blue box.")
    wrong = member.call("DELETE", ME, json={"password": "Loud-Harbour-3-Bells"})
    still = member.json("GET", f"/api/v1/knowledge/bases/{kb_id}")

    done = member.call("DELETE", ME, json={"password": PASSWORD})
    gone = member.call("GET", f"/api/v1/knowledge/bases/{kb_id}")
    login = member.call("POST", "/api/v1/auth/login", json={"email": member.email, "password": PASSWORD})

    assert (wrong.status_code, wrong.json()["code"], still["id"]) == (401, "INVALID_CREDENTIALS", kb_id)
    assert (done.status_code, done.content) == (204, b"")
    assert gone.status_code in (401, 404)
    assert login.status_code == 401


def test_the_last_owner_of_others_cannot_go(member: Client) -> None:
    member.invite("reader")

    refused = member.call("DELETE", ME, json={"password": PASSWORD})

    assert (refused.status_code, refused.json()["code"]) == (409, "LAST_OWNER")
    assert member.call("GET", ME).is_success
