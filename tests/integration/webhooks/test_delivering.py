"""Deliveries over real sockets: signed, tried again, never twice at once, and ended."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from voicehelper.errors import DatabaseError

from tests.integration.webhooks.conftest import Hooks
from tests.support.web_server import Answer, Request


def expected(secret: str, header: str, body: bytes) -> str:
    """As a receiver checks it, by the documentation alone."""
    at = header.split(",")[0].removeprefix("t=")
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def signatures(request: Request) -> list[str]:
    parts = request.headers["x-voicehelper-signature"].split(",")
    return [part.removeprefix("v1=") for part in parts[1:]]


def test_an_indexed_document_is_told_once_and_signed(hooks: Hooks) -> None:
    created = hooks.create("document.indexed")
    document_id = hooks.end_document()

    hooks.deliver()
    hooks.deliver()

    [request] = hooks.web.requests
    [body] = hooks.bodies()
    header = request.headers["x-voicehelper-signature"]
    assert signatures(request) == [expected(created.secret, header, request.body)]
    assert request.headers["x-voicehelper-event"] == body["type"] == "document.indexed"
    assert request.headers["x-voicehelper-delivery"].startswith("delivery-")
    assert body["id"].startswith("event-")
    assert body["workspace_id"] == str(hooks.workspace.tenant_id)
    assert body["data"]["document_id"] == f"doc-{document_id}"
    assert body["data"]["filename"] == "handbook.pdf"
    assert hooks.rows() == [("delivered", 1, 200, "")]


def test_the_database_wakes_whoever_delivers_before_and_after_the_commit(hooks: Hooks) -> None:
    hooks.end_document()
    assert hooks.wakes == []  # nobody is told

    hooks.create("document.indexed")
    hooks.end_document()

    tenant_id = hooks.workspace.tenant_id
    assert hooks.wakes == [(tenant_id, 60), (tenant_id, 0)]


def test_what_is_rolled_back_is_told_to_nobody(hooks: Hooks) -> None:
    hooks.create("document.failed")

    with pytest.raises(DatabaseError):
        hooks.end_document("failed", then="SELECT 1 / 0")

    assert (hooks.wakes, hooks.rows()) == ([], [])


def test_a_failing_receiver_is_asked_again_later_under_the_same_id(hooks: Hooks) -> None:
    answers = iter([Answer(500), Answer(200)])
    hooks.web.answer = lambda _: next(answers)
    hooks.create()
    hooks.end_document()

    hooks.deliver()
    assert hooks.rows() == [("pending", 1, 500, "status")]
    assert 28 < hooks.next_wakes()[-1] <= 30
    hooks.deliver()  # a repeated message: nothing is due
    hooks.make_due()
    hooks.deliver()

    first, second = hooks.web.requests
    assert first.headers["x-voicehelper-delivery"] == second.headers["x-voicehelper-delivery"]
    assert first.body == second.body
    assert hooks.rows() == [("delivered", 2, 200, "")]


def test_a_receiver_says_when_to_come_again(hooks: Hooks) -> None:
    hooks.web.answer = lambda _: Answer(503, {"retry-after": "600"})
    hooks.create()
    hooks.end_document()

    hooks.deliver()

    [(wait_s,)] = hooks.workspace.rows("SELECT extract(epoch FROM due_at - now())::float FROM webhook_delivery")
    assert 590 < wait_s <= 600


def test_after_a_day_a_delivery_is_dead(hooks: Hooks) -> None:
    hooks.web.answer = lambda _: Answer(500)
    hooks.create()
    hooks.end_document()
    hooks.workspace.admin.execute("UPDATE webhook_delivery SET ends_by = now() + interval '10 seconds'")

    hooks.deliver()

    assert hooks.rows() == [("dead", 1, 500, "status")]


def test_a_receiver_that_is_gone_is_told_nothing_any_more(hooks: Hooks) -> None:
    hooks.web.answer = lambda _: Answer(410)
    created = hooks.create()
    hooks.end_document()
    hooks.end_document()

    hooks.deliver()
    hooks.end_document()

    assert {row[0] for row in hooks.rows()} == {"dead"}
    assert len(hooks.rows()) == 2
    [(enabled, reason)] = hooks.workspace.rows("SELECT enabled, disabled_reason FROM webhook")
    assert (enabled, reason) == (False, "gone")
    hooks.change(created.id, enabled=True)
    assert hooks.workspace.rows("SELECT enabled, disabled_reason FROM webhook") == [(True, "")]


def test_a_slow_receiver_takes_no_longer_than_its_time(hooks: Hooks) -> None:
    hooks.within_s = 0.3
    hooks.web.answer = lambda _: (hooks.web.released.wait(5), Answer(200))[1]
    hooks.create()
    hooks.end_document()

    hooks.deliver()

    assert hooks.rows() == [("pending", 1, None, "timed_out")]


def test_a_huge_answer_is_not_read(hooks: Hooks) -> None:
    hooks.web.answer = lambda _: Answer(200, body=iter(lambda: b"x" * 65_536, b""))
    hooks.create()
    hooks.end_document()

    hooks.deliver()

    assert hooks.rows() == [("delivered", 1, 200, "")]


def test_a_redirect_is_not_followed(hooks: Hooks) -> None:
    hooks.web.answer = lambda _: Answer(302, {"location": "http://169.254.169.254/latest/meta-data/"})
    hooks.create()
    hooks.end_document()

    hooks.deliver()

    assert len(hooks.web.requests) == 1
    assert hooks.rows() == [("pending", 1, 302, "status")]


def test_repeated_messages_at_once_send_once(hooks: Hooks) -> None:
    """A second message comes while the first one's deliveries are under way."""
    hooks.create()
    for _ in range(3):
        hooks.end_document()

    def send(payload: dict[str, Any]) -> dict[str, Any]:
        hooks.deliver(database=hooks.another_process())
        return hooks.post(payload)

    hooks.deliver(send)

    assert len(hooks.web.requests) == 3
    assert {row[:2] for row in hooks.rows()} == {("delivered", 1)}


def test_a_death_before_sending_loses_nothing_and_sends_once(hooks: Hooks) -> None:
    hooks.create()
    hooks.end_document()

    def die(_: dict[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hooks.deliver(die)
    assert 50 < hooks.next_wakes()[-1] <= 60  # a message will look after it
    hooks.deliver()
    assert hooks.web.requests == []
    hooks.make_due()
    hooks.deliver()

    assert len(hooks.web.requests) == 1
    assert hooks.rows() == [("delivered", 2, 200, "")]


def test_both_secrets_sign_while_one_is_replaced(hooks: Hooks) -> None:
    created = hooks.create()
    hooks.keys.current_version = 2
    changed = hooks.change(created.id, rotate_secret=True)
    hooks.end_document()

    hooks.deliver()

    [request] = hooks.web.requests
    header = request.headers["x-voicehelper-signature"]
    assert changed.secret != created.secret
    assert signatures(request) == [expected(s, header, request.body) for s in (changed.secret, created.secret)]


def test_a_webhook_of_some_bases_hears_of_these_alone(hooks: Hooks) -> None:
    other = hooks.workspace.other_base()
    hooks.create("document.indexed", bases=[f"kb-{other.kb_id}"])

    hooks.end_document()
    hooks.end_document(base=other)
    hooks.deliver()

    assert [body["data"]["kb_id"] for body in hooks.bodies()] == [f"kb-{other.kb_id}"]


def test_more_than_one_message_can_send_is_left_to_the_next(hooks: Hooks) -> None:
    hooks.create()
    for _ in range(55):
        hooks.end_document()

    hooks.deliver()
    assert len(hooks.web.requests) == 50
    assert hooks.next_wakes()[-1] <= 0
    hooks.deliver()

    assert len(hooks.web.requests) == 55
