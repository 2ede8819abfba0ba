"""Queue consumers: one bad message does not hold up its batch."""

from __future__ import annotations

import json

import pytest
from voicehelper.entry.queues import queue_consumer
from voicehelper.observability.traces import record_span

from tests.support.segments import OTHER, ROOT, Taken, header_of, taken

__all__ = ["taken"]


def test_only_the_failed_records_of_a_batch_are_returned_to_the_queue() -> None:
    bodies = []

    @queue_consumer
    def consume(body: str) -> None:
        bodies.append(body)
        if body == "bad":
            raise RuntimeError

    records = [{"messageId": str(n), "body": body} for n, body in enumerate(["good", "bad", "fine"])]

    assert consume({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert bodies == ["good", "bad", "fine"]


def test_a_batch_of_failed_records_is_returned_whole_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    @queue_consumer
    def consume(_: str) -> None:
        raise RuntimeError("no database")

    answer = consume({"Records": [{"messageId": "1", "body": "x"}]}, None)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert [metric["QueueRecordFailures"] for metric in metrics] == [[1.0]]


def test_each_message_goes_on_in_the_trace_of_its_sender(taken: Taken) -> None:
    @queue_consumer
    def consume(_: str) -> None:
        record_span("work", 0.1)

    headers = [header_of(OTHER), None, "damaged"]
    attributes: list[dict[str, str]] = [{"AWSTraceHeader": header} if header else {} for header in headers]
    records = [{"messageId": str(n), "body": "x", "attributes": known} for n, known in enumerate(attributes)]
    consume({"Records": records}, None)

    assert [one["trace_id"] for one in taken.segments() if one["name"] == "work"] == [OTHER, ROOT, ROOT]
