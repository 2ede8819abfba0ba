"""GET /api/v1/keys: a page of what was made, without the secrets, with the last use"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.client import Client
from tests.support.product import Product

KEYS = "/api/v1/keys"


@pytest.fixture
def maker(product: Product) -> Client:
    return Client(product.base_url)


def test_keys_are_a_page_with_the_newest_first_and_no_secret(maker: Client) -> None:
    made = [maker.with_key(name=f"key {number}").created for number in range(3)]

    page = maker.json("GET", KEYS, params={"page_size": 2})

    assert (page["total"], page["page"], page["page_size"], page["has_next"]) == (3, 1, 2, True)
    assert [item["id"] for item in page["items"]] == [made[2]["id"], made[1]["id"]]
    assert "key" not in page["items"][0]
    assert page["items"][0] == {name: value for name, value in made[2].items() if name != "key"}
    assert maker.call("GET", KEYS, params={"page_size": 201}).status_code == 422


def test_the_last_use_is_shown_even_of_calls_that_need_no_database(maker: Client) -> None:
    machine, _unused = maker.with_key("ask"), maker.with_key("ask")
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert machine.call("GET", "/api/v1/agent/tools").is_success

    unused, used = (item["last_used_at"] for item in maker.json("GET", KEYS)["items"])
    assert unused is None
    assert before <= datetime.fromisoformat(used) <= datetime.now(UTC)
