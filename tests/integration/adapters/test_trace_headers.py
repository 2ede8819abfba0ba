"""What a call of another service hands on of the trace it is made in, as that service takes it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from voicehelper.adapters.executions import StateMachine
from voicehelper.adapters.invoke import invoke, invoke_later
from voicehelper.adapters.queues import SqsQueue
from voicehelper.observability.segments import HEADER_VARIABLE
from voicehelper.observability.traces import span, traced

from tests.support.segments import ROOT, Taken, header_of, taken

__all__ = ["taken"]

Calls = list[tuple[dict[str, str], dict[str, Any]]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """(headers, body) of every call."""
    made: Calls = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.append(({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
            self.send_response(202 if "x-amz-invocation-type" in self.headers else 200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield made
        server.shutdown()


def call_everything() -> None:
    SqsQueue("http://queue").send({"kind": "work"})
    StateMachine("arn:aws:states:eu-west-1:1:stateMachine:m").start("name", "{}")
    invoke("function", {}, timeout_s=5)
    invoke_later("function", {})


def handed_on(calls: Calls) -> list[str]:
    """Each as its receiver reads it; no call leaves the header out that says who called."""
    (_, message), (_, execution), *invocations = calls
    attribute = message.get("MessageSystemAttributes", {}).get("AWSTraceHeader", {})
    headers = [headers.get("x-amzn-trace-id", "") for headers, _ in invocations]
    return [attribute.get("StringValue", ""), execution.get("traceHeader", ""), *headers]


def test_messages_executions_and_invocations_go_on_below_the_span_that_makes_them(taken: Taken, calls: Calls) -> None:
    with traced("invocation"), span("part"):
        call_everything()

    part = taken.by_name()["part"]["id"]
    assert handed_on(calls) == [header_of(ROOT, parent=part)] * 4
    assert not any("x-amzn-trace-id" in headers["authorization"] for headers, _ in calls)


def test_the_decision_to_leave_a_trace_out_is_handed_on(
    taken: Taken, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HEADER_VARIABLE, header_of(sampled=0))

    with traced("invocation"), span("part"):
        call_everything()

    assert handed_on(calls) == [header_of(sampled=0)] * 4
    assert taken.datagrams() == []


def test_outside_a_trace_calls_carry_none(calls: Calls) -> None:
    call_everything()

    assert handed_on(calls) == [""] * 4
