"""The end of a document has a large base looked after, by a function that owns the tables."""

from __future__ import annotations

import time

import psycopg
import pytest

from tests.support.client import Client
from tests.support.product import Product

ASKED = "How long is the warranty period of the pump?"


def _kinds(product: Product, kb_id: str) -> list[str]:
    usable = "SELECT kind FROM large_index WHERE kb_id = %s AND usable"
    with psycopg.connect(product.dsn) as owner:
        return [row[0] for row in owner.execute(usable, [kb_id.removeprefix("kb-")])]


@pytest.mark.timeout(180)
def test_a_base_that_has_become_large_gets_an_index_and_answers_as_before(product: Product, client: Client) -> None:
    kb_id = client.create_base_of("pumps", "pump.md", "The warranty period of the pump is 18 months.")
    before = client.ask(kb_id, ASKED)
    with psycopg.connect(product.dsn) as owner:  # twenty thousand chunks would take the better part of an hour
        owner.execute("UPDATE lex_stats SET chunks = 20000 WHERE kb_id = %s", [kb_id.removeprefix("kb-")])
    client.wait([client.upload(kb_id, "valve.md", b"The valve is oiled in May.")])

    until = time.monotonic() + 90
    while _kinds(product, kb_id) != ["words"] and time.monotonic() < until:
        time.sleep(0.5)
    after = client.ask(kb_id, f"{ASKED} ")

    assert _kinds(product, kb_id) == ["words"]
    assert "18 months" in before["answer"]
    assert after["answer"] == before["answer"]
