"""The running product tells a receiver on this machine what happened; managing webhooks through the gateway."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.product import Product
from tests.support.web_server import Answer, Request, WebServer, web_server

WEBHOOKS = "/api/v1/webhooks"
NOBODY = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"


@pytest.fixture(scope="module")
def owner(product: Product) -> Client:
    return Client(product.base_url)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        server.answer = lambda _: Answer(204)
        yield server


def create(owner: Client, web: WebServer, *events: str, **more: Any) -> dict[str, Any]:
    return owner.json("POST", WEBHOOKS, json={"url": f"{web.url}/hook", "events": list(events), **more})


def received(web: WebServer, event: str, *, limit_s: float = 30) -> list[Request]:
    """Requests about the event, once there is one."""
    deadline = time.monotonic() + limit_s
    while not (found := [r for r in web.requests if r.headers["x-voicehelper-event"] == event]):
        assert time.monotonic() < deadline, f"{event} has not come, but {[r.headers for r in web.requests]}"
        time.sleep(0.1)  # the receiver is told from outside
    return found


def ended(owner: Client, webhook_id: str, *, limit_s: float = 10) -> list[dict[str, Any]]:
    """The webhook's deliveries once none is pending."""
    deadline = time.monotonic() + limit_s
    while True:
        page = owner.json("GET", f"{WEBHOOKS}/{webhook_id}/deliveries")
        if all(item["status"] != "pending" for item in page["items"]) or time.monotonic() > deadline:
            return list(page["items"])
        time.sleep(0.1)  # the API offers polling, no notification


def test_an_uploaded_document_and_a_task_are_told(owner: Client, web: WebServer) -> None:
    webhook = create(owner, web, "document.indexed", "task.completed", "task.waiting")
    kb_id = owner.create_base("told")
    document_id = owner.upload(kb_id, "note.txt", b"The filter costs 59 yuan.")
    owner.json("POST", "/api/v1/agent/execute", json={"task": "2 + 2", "tools": ["calculator"]})
    body = {"task": "http://127.0.0.1/page", "tools": ["fetch_url"]}
    owner.call("POST", "/api/v1/agent/execute", json=body, headers={"prefer": "respond-async"})

    [told] = received(web, "document.indexed")
    received(web, "task.completed")
    received(web, "task.waiting")
    deliveries = ended(owner, webhook["id"])

    header = dict(part.split("=") for part in told.headers["x-voicehelper-signature"].split(","))
    message = header["t"].encode() + b"." + told.body
    assert header["v1"] == hmac.new(webhook["secret"].encode(), message, hashlib.sha256).hexdigest()
    assert json.loads(told.body)["data"]["document_id"] == document_id
    assert {(d["event"], d["status"], d["last_status"]) for d in deliveries} == {
        ("document.indexed", "delivered", 204),
        ("task.completed", "delivered", 204),
        ("task.waiting", "delivered", 204),
    }


def test_a_webhook_is_made_seen_changed_tried_and_deleted(owner: Client, web: WebServer) -> None:
    webhook = create(owner, web, "document.failed", description="chat")
    path = f"{WEBHOOKS}/{webhook['id']}"
    shown = owner.json("GET", path)
    changed = owner.json("PATCH", path, json={"enabled": False, "events": ["task.failed"], "rotate_secret": True})
    once = {"headers": {"idempotency-key": "describe-once"}}
    repeated = [owner.json("PATCH", path, json={"description": "chat"}, **once) for _ in range(2)]
    rotated = {"json": {"rotate_secret": True}, "headers": {"idempotency-key": "rotate-once"}}
    owner.json("PATCH", path, **rotated)
    ping = owner.json("POST", f"{path}/ping")
    received(web, "ping")
    [delivered] = ended(owner, webhook["id"])
    again = owner.json("POST", f"{path}/deliveries/{ping['id']}/redeliver")
    items = owner.json("GET", WEBHOOKS)["items"]
    none_dead = owner.json("GET", f"{path}/deliveries", params={"status": "dead"})
    deleted = owner.call("DELETE", path)

    assert shown == {name: value for name, value in webhook.items() if name != "secret"}
    assert webhook["secret"].startswith("whsec_")
    assert repeated[0] == repeated[1]
    assert owner.call("PATCH", path, **rotated).json()["code"] == "ANSWER_SHOWN_ONCE"
    assert changed["secret"] not in (None, webhook["secret"])
    assert (changed["enabled"], changed["events"], changed["description"]) == (False, ["task.failed"], "chat")
    assert delivered | {"status": "pending"} == ping | {
        name: delivered[name] for name in ("attempts", "last_status", "ended_at", "next_attempt_at")
    }
    assert (again["status"], again["attempts"]) == ("pending", 0)
    assert "secret" not in json.dumps(items)
    assert none_dead["total"] == 0
    assert (deleted.status_code, owner.call("GET", path).status_code) == (204, 404)


def test_what_is_wrong_with_a_webhook_is_said(owner: Client, web: WebServer) -> None:
    new = {"url": f"{web.url}/hook", "events": ["document.indexed"]}
    webhook = owner.json("POST", WEBHOOKS, json=new)
    path = f"{WEBHOOKS}/{webhook['id']}"

    def code(method: str, path: str, **more: Any) -> str:
        return str(owner.call(method, path, **more).json()["code"])

    assert code("POST", WEBHOOKS, json=new | {"url": "https://10.0.0.1/"}) == "WEBHOOK_URL_REFUSED"
    assert code("POST", WEBHOOKS, json=new | {"url": "https://me:pw@example.com/"}) == "WEBHOOK_URL_REFUSED"
    assert code("POST", WEBHOOKS, json=new | {"events": ["document.seen"]}) == "VALIDATION_ERROR"
    assert code("POST", WEBHOOKS, json=new | {"bases": [f"kb-{NOBODY}"]}) == "KNOWLEDGE_BASE_NOT_FOUND"
    assert code("PATCH", path, json={"url": "ftp://example.com"}) == "WEBHOOK_URL_REFUSED"
    assert code("PATCH", f"{WEBHOOKS}/webhook-{NOBODY}", json={}) == "WEBHOOK_NOT_FOUND"
    assert code("DELETE", f"{WEBHOOKS}/webhook-{NOBODY}") == "WEBHOOK_NOT_FOUND"
    assert code("POST", f"{WEBHOOKS}/webhook-{NOBODY}/ping") == "WEBHOOK_NOT_FOUND"
    assert code("GET", f"{WEBHOOKS}/webhook-{NOBODY}/deliveries") == "WEBHOOK_NOT_FOUND"
    assert code("POST", f"{path}/deliveries/delivery-{NOBODY}/redeliver") == "DELIVERY_NOT_FOUND"
    assert code("GET", WEBHOOKS, params={"page": 0}) == "VALIDATION_ERROR"


def test_a_key_of_some_bases_handles_no_webhooks(owner: Client) -> None:
    bound = owner.with_key("admin", bases=[owner.create_base("bound")])
    free = owner.with_key("admin")
    asking = owner.with_key("ask")

    assert bound.call("GET", WEBHOOKS).json()["code"] == "KEY_BOUND_TO_BASES"
    assert free.call("GET", WEBHOOKS).status_code == 200
    assert asking.call("GET", WEBHOOKS).json()["code"] == "SCOPE_MISSING"
