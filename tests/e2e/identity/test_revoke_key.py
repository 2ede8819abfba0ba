"""DELETE /api/v1/keys/{key_id}: what has ended opens nothing"""

from __future__ import annotations

import time

import pytest
from voicehelper.identity.api_keys.reader import MAX_AGE_S

from tests.support.client import Client
from tests.support.product import Product

KEYS, BASES = "/api/v1/keys", "/api/v1/knowledge/bases"


@pytest.fixture(scope="module")
def maker(product: Product) -> Client:
    return Client(product.base_url)


def test_a_revoked_key_sees_nothing_at_once_and_is_unknown_within_seconds(maker: Client) -> None:
    maker.create_base("open_until_then")
    machine = maker.with_key()
    assert machine.json("GET", BASES)["total"] == 1

    revoked = maker.call("DELETE", f"{KEYS}/{machine.created['id']}")

    assert (revoked.status_code, revoked.content) == (204, b"")
    deadline = time.monotonic() + MAX_AGE_S + 5
    while (answer := machine.call("GET", BASES)).is_success:
        assert answer.json()["total"] == 0
        assert time.monotonic() < deadline, "the key is still known"
        time.sleep(0.25)  # nothing tells when another process has forgotten it
    assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_is_revoked_once_and_leaves_the_list(maker: Client) -> None:
    key_id = maker.with_key().created["id"]
    answers = [maker.call("DELETE", f"{KEYS}/{key_id}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
    assert answers[1].json()["code"] == "KEY_NOT_FOUND"
    assert key_id not in [item["id"] for item in maker.json("GET", KEYS)["items"]]


@pytest.mark.parametrize("key_id", ["key-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f", "x", "kb-1", "%00"])
def test_an_unknown_key_is_not_found(maker: Client, key_id: str) -> None:
    assert maker.call("DELETE", f"{KEYS}/{key_id}").status_code == 404


def test_the_prefix_of_a_key_is_no_id(maker: Client) -> None:
    assert maker.call("DELETE", f"{KEYS}/{maker.with_key().created['prefix']}").status_code == 404
