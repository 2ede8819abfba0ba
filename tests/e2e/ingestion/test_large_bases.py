"""The end of a document has a large base looked after, by a function that owns the tables."""

from __future__ import annotations

import time

import psycopg
import pytest

from tests.support.client import Client
from tests.support.product import Product

ASKED = "多少杯之后需要除垢？"
MANUAL = """# 咖啡机手册

## 第2章 除垢

每冲泡 200 杯之后需要除垢，使用柠檬酸溶液。

## 第3章 保修

整机保修期为 24 个月。
"""


def _kinds(product: Product, kb_id: str) -> list[str]:
    usable = "SELECT kind FROM large_index WHERE kb_id = %s AND usable"
    with psycopg.connect(product.dsn) as owner:
        return [row[0] for row in owner.execute(usable, [kb_id.removeprefix("kb-")])]


@pytest.mark.timeout(180)
def test_a_base_that_has_become_large_gets_an_index_and_answers_as_before(product: Product, client: Client) -> None:
    kb_id = client.create_base_of("coffee", "coffee.md", MANUAL)
    before = client.ask(kb_id, ASKED)
    with psycopg.connect(product.dsn) as owner:  # twenty thousand chunks would take the better part of an hour
        owner.execute("UPDATE lex_stats SET chunks = 20000 WHERE kb_id = %s", [kb_id.removeprefix("kb-")])
    client.wait([client.upload(kb_id, "valve.md", b"The valve is oiled in May.")])

    until = time.monotonic() + 90
    while _kinds(product, kb_id) != ["words"] and time.monotonic() < until:
        time.sleep(0.5)
    after = client.ask(kb_id, f"请问，{ASKED}")

    assert _kinds(product, kb_id) == ["words"]
    assert "200" in before["answer"]
    assert after["answer"] == before["answer"]
