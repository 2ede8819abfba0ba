"""Sessions and passwords through the gateway: what is listed, what ends, and what is refused."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.client import PASSWORD, Client
from tests.support.product import Product

SESSIONS, CHANGE = "/api/v1/users/me/sessions", "/api/v1/users/me/password"
NEW_PASSWORD = "Blue-Kettle-4-Ravens"


@pytest.fixture
def member(product: Product) -> Client:
    return Client(product.base_url)


def can_refresh(member: Client, refresh_token: str) -> bool:
    return member.call("POST", "/api/v1/auth/refresh", json={"refresh_token": refresh_token}).is_success


def test_sessions_are_a_page_with_the_current_one_marked(member: Client) -> None:
    member.http.headers["user-agent"] = "desk/2"
    member.sign_in()

    page = member.json("GET", SESSIONS)

    assert set(page) == {"items", "total", "page", "page_size", "has_next"}
    assert page["total"] == 2
    assert set(page["items"][0]) == {"id", "created_at", "last_used_at", "user_agent", "current"}
    assert page["items"][0]["user_agent"] == "desk/2"
    assert [item["current"] for item in page["items"]] == [True, False]


def test_pages_of_sessions_have_the_bounds_of_every_list(member: Client) -> None:
    member.sign_in()

    second = member.json("GET", SESSIONS, params={"page": 2, "page_size": 1})

    assert (len(second["items"]), second["has_next"]) == (1, False)
    assert member.call("GET", SESSIONS, params={"page_size": 201}).status_code == 422


def test_an_ended_session_is_gone_and_cannot_be_refreshed(member: Client) -> None:
    first = member.sign_in()
    member.sign_in()
    ended = next(item["id"] for item in member.json("GET", SESSIONS)["items"] if not item["current"])

    response = member.call("DELETE", f"{SESSIONS}/{ended}")
    again = member.call("DELETE", f"{SESSIONS}/{ended}")

    assert (response.status_code, response.content) == (204, b"")
    assert (again.status_code, again.json()["code"]) == (404, "SESSION_NOT_FOUND")
    assert not can_refresh(member, first["refresh_token"])


@pytest.mark.parametrize("session_id", ["session-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f", "x", "kb-1", "%00"])
def test_an_unknown_session_is_not_found(member: Client, session_id: str) -> None:
    assert member.call("DELETE", f"{SESSIONS}/{session_id}").status_code == 404


def test_a_change_of_the_password_ends_every_other_session(member: Client) -> None:
    other, current = member.sign_in(), member.sign_in()

    response = member.call("POST", CHANGE, json={"current_password": PASSWORD, "new_password": NEW_PASSWORD})

    assert (response.status_code, response.content) == (204, b"")
    assert not can_refresh(member, other["refresh_token"])
    assert can_refresh(member, current["refresh_token"])
    assert [item["current"] for item in member.json("GET", SESSIONS)["items"]] == [True]
    old = member.call("POST", "/api/v1/auth/login", json={"email": member.email, "password": PASSWORD})
    new = member.call("POST", "/api/v1/auth/login", json={"email": member.email, "password": NEW_PASSWORD})
    assert (old.status_code, new.status_code) == (401, 200)


@pytest.mark.parametrize(
    ("new_password", "message"),
    [
        ("Sunshine1", "\u8be5\u5bc6\u7801\u8fc7\u4e8e\u5e38\u89c1"),
        ("alllowercase1", "\u5927\u5199\u5b57\u6bcd"),
        ("Short1", "8 \u5230 64"),
    ],
)
def test_a_new_password_meets_the_rules_of_registration(member: Client, new_password: str, message: str) -> None:
    response = member.call("POST", CHANGE, json={"current_password": PASSWORD, "new_password": new_password})

    fields = response.json()["details"]["fields"]
    assert response.status_code == 422
    assert [item["field"] for item in fields] == ["new_password"]
    assert message in fields[0]["message"]


def test_five_failures_lock_the_account_and_say_for_how_long(member: Client) -> None:
    def sign_in(password: str) -> tuple[int, str]:
        response = member.call("POST", "/api/v1/auth/login", json={"email": member.email, "password": password})
        return response.status_code, response.headers.get("retry-after", "")

    failures = [sign_in("Loud-Harbour-3-Bells") for _ in range(5)]
    locked = member.call("POST", "/api/v1/auth/login", json={"email": member.email, "password": PASSWORD})
    change = member.call("POST", CHANGE, json={"current_password": PASSWORD, "new_password": NEW_PASSWORD})

    assert failures == [(401, "")] * 5
    assert (locked.status_code, locked.json()["code"]) == (429, "TOO_MANY_REQUESTS")
    assert 0 < int(locked.headers["retry-after"]) == locked.json()["details"]["retry_after_s"] <= 900
    assert change.status_code == 429
    assert member.call("GET", "/api/v1/users/me").is_success  # who is signed in already stays so


def test_failures_count_for_the_address_that_the_gateway_saw(product: Product, member: Client) -> None:
    if not product.dsn:
        pytest.skip("the counters are read in the database of a product of our own")
    body = {"email": member.email, "password": "Loud-Harbour-3-Bells"}

    member.call("POST", "/api/v1/auth/login", json=body, headers={"x-forwarded-for": "198.51.100.77"})

    counted = "SELECT cardinality(attempted_at) FROM attempt_window WHERE key = sha256(%s::text::bytea)"
    with psycopg.connect(product.dsn) as connection:
        rows = [connection.execute(counted, (f"address:{ip}",)).fetchone() for ip in ("127.0.0.1", "198.51.100.77")]
    assert rows[0] is not None
    assert rows[0][0] >= 1
    assert rows[1] is None


def test_unknown_addresses_are_locked_alike(member: Client) -> None:
    body = {"email": f"no-{member.email}", "password": "Loud-Harbour-3-Bells"}

    answers = [member.call("POST", "/api/v1/auth/login", json=body).status_code for _ in range(7)]

    assert answers == [401] * 5 + [429] * 2


def test_a_wrong_current_password_counts_as_a_failed_sign_in(member: Client) -> None:
    body = {"current_password": "Loud-Harbour-3-Bells", "new_password": NEW_PASSWORD}

    answers = [member.call("POST", CHANGE, json=body) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[0].json()["code"] == "INVALID_CREDENTIALS"
