"""Writes with an Idempotency-Key, against a real PostgreSQL: carried out once, whatever repeats them."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi import APIRouter
from voicehelper import resources
from voicehelper.adapters.database import Database
from voicehelper.entry import idempotency
from voicehelper.entry.caller import CurrentCaller
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.errors import ConflictError, StartingError
from voicehelper.operations import answered_calls
from voicehelper.shapes.bodies import Body

from tests.support.application import ROOT

LEFT_MS = 20_000


class Order(Body):
    what: str


class Shop:
    """A write that counts, as API Gateway calls it."""

    def __init__(self, tenant_id: UUID) -> None:
        self.tenant_id, self.user_id = tenant_id, uuid4()
        self.orders: list[str] = []
        self.during: Callable[[], None] = lambda: None
        router = APIRouter(prefix=API_PREFIX)

        @router.post("/orders", status_code=201)
        def order(order: Order, caller: CurrentCaller) -> dict[str, int]:
            self.orders.append(order.what)
            self.during()
            if order.what == "nothing":
                raise ConflictError
            return {"number": len(self.orders)}

        self._handle = lambda_handler(router)

    def order(self, key: str, what: str = "tea", *, user_id: UUID | None = None, **more: Any) -> dict[str, Any]:
        event = json.loads((ROOT / "events/knowledge/create_base.json").read_text("utf-8"))
        event["requestContext"]["http"]["path"] = event["rawPath"] = "/api/v1/orders"
        caller = event["requestContext"]["authorizer"]["lambda"]
        caller |= {"tenant_id": str(self.tenant_id), "user_id": str(user_id or self.user_id)}
        event["headers"] |= {"idempotency-key": key, "accept-language": "en"}
        event |= {"body": json.dumps({"what": what}), "isBase64Encoded": False} | more
        context = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: LEFT_MS)
        return dict(self._handle(event, context))


@pytest.fixture
def tenant_id(admin: psycopg.Connection[Any]) -> UUID:
    tenant_id = uuid4()
    admin.execute("INSERT INTO tenant (id, name) VALUES (%s, 't')", (tenant_id,))
    return tenant_id


@pytest.fixture
def shop(tenant_id: UUID, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(resources, "database", lambda: Database(lambda: database_url))
    return Shop(tenant_id)


def processes(number: int) -> ThreadPoolExecutor:
    """Each has an event loop of its own, as a function's process has."""
    return ThreadPoolExecutor(number, initializer=lambda: asyncio.set_event_loop(asyncio.new_event_loop()))


def code_of(answer: dict[str, Any]) -> str:
    return str(json.loads(answer["body"])["code"])


def test_a_repeated_write_gets_the_first_answer_and_does_nothing(shop: Shop) -> None:
    first, second = shop.order("k-1"), shop.order("k-1")

    assert (first["statusCode"], json.loads(first["body"])) == (201, {"number": 1})
    assert (second["statusCode"], second["body"]) == (first["statusCode"], first["body"])
    assert idempotency.REPLAYED not in first["headers"]
    assert second["headers"][idempotency.REPLAYED] == "true"
    assert shop.orders == ["tea"]


def test_another_key_user_or_tenant_is_another_call(shop: Shop, admin: psycopg.Connection[Any]) -> None:
    shop.order("k-1")
    shop.order("k-2")
    shop.order("k-1", user_id=uuid4())
    other = uuid4()
    admin.execute("INSERT INTO tenant (id, name) VALUES (%s, 't')", (other,))
    shop.tenant_id = other
    shop.order("k-1")

    assert len(shop.orders) == 4


def test_a_key_that_comes_with_another_body_is_refused(shop: Shop) -> None:
    shop.order("k-1", "tea")

    again = shop.order("k-1", "coffee")

    assert (again["statusCode"], code_of(again), shop.orders) == (422, "IDEMPOTENCY_KEY_REUSED", ["tea"])


def test_of_a_form_only_the_boundary_may_differ(shop: Shop) -> None:
    def form(boundary: str, what: str) -> dict[str, Any]:
        body = f'--{boundary}\r\ncontent-disposition: form-data; name="f"\r\n\r\n{what}\r\n--{boundary}--\r\n'
        headers = {"content-type": f"multipart/form-data; boundary={boundary}", "idempotency-key": "k-1"}
        event = {"headers": headers, "body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}
        return {"rawQueryString": ""} | event

    same, other, changed = form("aa", "tea"), form("zz", "tea"), form("zz", "coffee")

    assert idempotency.payload_digest(same) == idempotency.payload_digest(other) != idempotency.payload_digest(changed)


def test_a_failure_is_not_kept(shop: Shop) -> None:
    first, second = shop.order("k-1", "nothing"), shop.order("k-1", "nothing")

    assert [first["statusCode"], second["statusCode"], len(shop.orders)] == [409, 409, 2]


def test_while_the_first_runs_the_second_is_told_to_return(shop: Shop) -> None:
    started, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        assert go_on.wait(20)

    shop.during = wait
    with processes(1) as pool:
        first = pool.submit(shop.order, "k-1")
        assert started.wait(20)
        second = shop.order("k-1")
        go_on.set()
        assert first.result()["statusCode"] == 201

    assert (second["statusCode"], code_of(second), second["headers"]["retry-after"]) == (409, "CALL_IN_PROGRESS", "1")
    assert shop.order("k-1")["statusCode"] == 201
    assert shop.orders == ["tea"]


def test_of_many_at_once_one_is_carried_out(shop: Shop) -> None:
    with processes(8) as pool:
        answers = list(pool.map(lambda _: shop.order("k-1"), range(16)))

    assert shop.orders == ["tea"]
    assert {answer["statusCode"] for answer in answers} <= {201, 409}


@pytest.mark.parametrize("column", ["ends_at", "expires_at"])
def test_a_call_that_died_or_is_a_day_old_is_made_again(
    shop: Shop, admin: psycopg.Connection[Any], column: str
) -> None:
    shop.order("k-1")
    status = "INPROGRESS" if column == "ends_at" else "COMPLETED"
    admin.execute(f"UPDATE answered_call SET status = %s, {column} = now() - interval '1 s'", (status,))

    assert shop.order("k-1")["statusCode"] == 201
    assert len(shop.orders) == 2


def test_what_is_expired_is_removed(shop: Shop, admin: psycopg.Connection[Any]) -> None:
    shop.order("k-1")
    admin.execute("UPDATE answered_call SET expires_at = now() - interval '1 s'")

    shop.order("k-2")

    assert admin.execute("SELECT count(*) FROM answered_call").fetchone() == (1,)


@pytest.mark.parametrize("route", ["POST /api/v1/keys", "POST /api/v1/webhooks", "PATCH /api/v1/webhooks/{webhook_id}"])
def test_an_answer_with_a_secret_is_neither_stored_nor_given_again(
    shop: Shop, admin: psycopg.Connection[Any], route: str
) -> None:
    first = shop.order("k-1", routeKey=route)
    second = shop.order("k-1", routeKey=route)

    assert (json.loads(first["body"]), code_of(second)) == ({"number": 1}, "ANSWER_SHOWN_ONCE")
    assert (first["statusCode"], second["statusCode"], shop.orders) == (201, 409, ["tea"])
    assert admin.execute("SELECT response FROM answered_call").fetchall() == [('{"statusCode": 0}',)]


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 129, "\x00", "a\tb"])
def test_a_key_that_is_none_is_refused(shop: Shop, key: str) -> None:
    answer = shop.order(key)

    assert (answer["statusCode"], code_of(answer), shop.orders) == (422, "IDEMPOTENCY_KEY_INVALID", [])


def test_while_the_database_wakes_nothing_is_carried_out(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def asleep(*_: Any, **__: Any) -> bool:
        raise StartingError(details={"retry_after_s": 10})

    monkeypatch.setattr(answered_calls, "begin", asleep)

    answer = shop.order("k-1")

    assert (answer["statusCode"], answer["headers"]["retry-after"], shop.orders) == (503, "10", [])
