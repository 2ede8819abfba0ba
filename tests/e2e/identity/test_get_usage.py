"""GET /api/v1/usage: questions, documents and pages of a workspace, by whoever used them"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.product import Product

USAGE, FACT = "/api/v1/usage", "The ferry to Norderney takes 55 minutes."


@pytest.fixture(scope="module")
def owner(product: Product) -> Client:
    return Client(product.base_url)


def sums(owner: Client, by: str, what: str) -> dict[str, Any]:
    return {item["bucket"]: item[what] for item in owner.json("GET", USAGE, params={"by": by})["items"]}


def test_questions_and_documents_are_charged_to_who_used_them(owner: Client) -> None:
    kb_id = owner.create_base_of("ferries", "ferry.txt", FACT)
    machine = owner.with_key("ask", name="kiosk")
    question = "How long does the ferry to Norderney take?"
    owner.ask(kb_id, question)
    for _ in range(2):  # the first finds the answer that was given before, as the second does
        machine.ask(kb_id, question)
    machine.ask(kb_id, question, use_cache=False)

    usage = owner.json("GET", USAGE)
    today = datetime.now(UTC).date()
    assert [item["bucket"] for item in usage["items"]] in ([today.isoformat()], [str(today - timedelta(1)), str(today)])
    assert set(usage["total"]) == {"questions", "tokens_in", "tokens_out", "cost_usd", "documents", "pages"}
    assert (usage["total"]["questions"], usage["total"]["documents"], usage["total"]["cost_usd"]) == (4, 1, 0)
    assert sums(owner, "user", "questions") == {owner.email: 4}
    assert sums(owner, "base", "questions") == {"ferries": 4}
    assert sums(owner, "key", "questions") == {f"kiosk ({machine.created['prefix']})": 3, "": 1}
    assert sums(owner, "key", "documents")[""] == 1


def test_a_period_without_use_is_empty(owner: Client) -> None:
    usage = owner.json("GET", USAGE, params={"from": "2024-02-01", "to": "2024-02-29"})

    assert usage["items"] == []
    assert set(usage["total"].values()) == {0}


@pytest.mark.parametrize("wanted", [{"from": "2024-02-30"}, {"to": "2026-01-01T00:00:00Z"}, {"by": "hour"}, {"x": "1"}])
def test_what_is_no_period_or_bucket_is_refused(owner: Client, wanted: dict[str, str]) -> None:
    assert owner.call("GET", USAGE, params=wanted).status_code == 422


def test_a_key_needs_the_scope(owner: Client) -> None:
    refused = owner.with_key().call("GET", USAGE)

    assert (refused.status_code, refused.json()["code"]) == (403, "SCOPE_MISSING")
    assert owner.with_key("admin").call("GET", USAGE).is_success
