"""Queue consumers: one bad message does not hold up its batch."""

from __future__ import annotations

from voicehelper.entry.steps import queue_consumer


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
