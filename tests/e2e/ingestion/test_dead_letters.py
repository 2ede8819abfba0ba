"""Dead letters of a running product: read by the clock, each ends or repeats what it is about."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.support.client import Client
from tests.support.product import Product

pytestmark = pytest.mark.timeout(120)

SCHEDULES = {"rate(15 minutes)": "-UploadDeadLetterQueue-", "rate(1 day)": "-PurgeDeadLetterQueue-"}


@pytest.fixture
def due(product: Product) -> dict[str, dict[str, Any]]:
    """What each schedule says to the function it calls, by its rate."""
    if not product.dsn:
        pytest.skip("needs the stack's own clients")
    events = product.endpoint.client("events")
    rules = [rule for rule in events.list_rules()["Rules"] if "ScheduleExpression" in rule]
    targets = {rule["ScheduleExpression"]: events.list_targets_by_rule(Rule=rule["Name"])["Targets"] for rule in rules}
    return {rate: json.loads(target["Input"]) for rate, (target,) in targets.items()}


@pytest.fixture
def read(product: Product, due: dict[str, dict[str, Any]]) -> Callable[[str], None]:
    """What the clock does after 15 minutes, or after a day."""
    functions = product.endpoint.client("lambda")
    names = [f["FunctionName"] for f in functions.list_functions(MaxItems=200)["Functions"]]
    [reader] = [name for name in names if "CollectDeadLetters" in name]

    def invoke(rate: str) -> None:
        answer = functions.invoke(FunctionName=reader, Payload=json.dumps(due[rate]).encode())
        assert "FunctionError" not in answer, answer["Payload"].read()

    return invoke


def within(seconds: float, happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def bare(public_id: str) -> str:
    """The UUID of kb-… or doc-…"""
    return public_id.partition("-")[2]


def test_the_clock_reads_each_dead_letter_queue(due: dict[str, dict[str, Any]]) -> None:
    assert {rate: name in due[rate]["queue_url"] for rate, name in SCHEDULES.items()} == dict.fromkeys(SCHEDULES, True)


def test_an_upload_that_nobody_could_start_fails_and_can_be_retried(
    client: Client, product: Product, due: dict[str, dict[str, Any]], read: Callable[[str], None]
) -> None:
    kb_id = client.create_base("dead_letters")
    document_id = client.upload(kb_id, "a.md", b"# Valve\n\nThe valve closes at 120 kPa.")
    client.wait([document_id])
    with psycopg.connect(product.dsn) as connection:
        update = "UPDATE document SET status = 'processing' WHERE id = %s RETURNING tenant_id, attempt"
        row = connection.execute(update, (bare(document_id),)).fetchone()
    assert row
    detail = {"status": "TIMED_OUT", "input": _input(row[0], kb_id, document_id, row[1])}
    body = json.dumps({"requestPayload": {"detail": detail}, "responsePayload": {"errorMessage": "no database"}})

    product.endpoint.client("sqs").send_message(QueueUrl=due["rate(15 minutes)"]["queue_url"], MessageBody=body)
    read("rate(15 minutes)")

    within(30, lambda: client.status(document_id)["status"] == "failed")
    assert client.call("POST", f"/api/v1/knowledge/documents/{document_id}/retry").is_success
    assert client.wait([document_id])[document_id]["status"] == "indexed"


def test_a_purge_that_was_given_up_happens_after_all(
    client: Client, product: Product, due: dict[str, dict[str, Any]], read: Callable[[str], None]
) -> None:
    kb_id = client.create_base("to_purge")
    with psycopg.connect(product.dsn) as connection:
        row = connection.execute("SELECT tenant_id FROM knowledge_base WHERE id = %s", (bare(kb_id),)).fetchone()
        connection.execute("UPDATE knowledge_base SET status = 'deleting' WHERE id = %s", (bare(kb_id),))
    assert row
    payload = {"kind": "purge", "tenant_id": str(row[0]), "kb_id": bare(kb_id), "document_id": None}
    body = json.dumps({"requestPayload": payload, "responsePayload": {"errorMessage": "no storage"}})

    product.endpoint.client("sqs").send_message(QueueUrl=due["rate(1 day)"]["queue_url"], MessageBody=body)
    read("rate(1 day)")

    within(30, lambda: _gone(product, kb_id))


def test_a_deleted_base_is_purged_by_the_one_queue(client: Client, product: Product) -> None:
    if not product.dsn:
        pytest.skip("needs the stack's own clients")
    kb_id = client.create_base("deleted")
    document_id = client.upload(kb_id, "a.md", b"# Valve\n\nThe valve closes at 120 kPa.")
    client.wait([document_id])

    client.call("DELETE", f"/api/v1/knowledge/bases/{kb_id}")

    within(30, lambda: _gone(product, kb_id))


def _gone(product: Product, kb_id: str) -> bool:
    with psycopg.connect(product.dsn) as connection:
        return not connection.execute("SELECT FROM knowledge_base WHERE id = %s", (bare(kb_id),)).fetchall()


def _input(tenant_id: object, kb_id: str, document_id: str, attempt: int) -> str:
    ids = {"tenant_id": str(tenant_id), "kb_id": bare(kb_id), "document_id": bare(document_id)}
    return json.dumps({**ids, "attempt": attempt, "resume_from": "ParseDocument"})
