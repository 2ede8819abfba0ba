"""Each dead letter is taken by somebody before it is deleted, and whatever is not understood wakes nobody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.ingestion.dead_letters import MOST_BATCHES, collect

from tests.support.emitted import emitted
from tests.support.fakes import FakeLetters, FakeQueue

IDS = {"tenant_id": "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e63", "kb_id": "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"}
PURGE = {"kind": "purge", **IDS, "document_id": "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e60"}
LEFTOVERS = PURGE | {"kind": "leftovers", "attempt": 2}
UPLOAD = json.dumps({"Records": [{"s3": {"object": {"key": "documents/a/source"}}}]})
BASE = json.dumps(IDS)
ENDED = json.dumps({"requestPayload": {"detail": {"input": "{}", "status": "FAILED"}}, "responsePayload": {}})


@dataclass
class Reader:
    """A dead-letter queue and where its messages go."""

    letters: FakeLetters
    uploads: FakeQueue = field(default_factory=FakeQueue)
    failures: list[str] = field(default_factory=list)
    away: bool = False
    kept: list[str] = field(default_factory=list)

    def fail_later(self, event: Mapping[str, Any]) -> None:
        if self.away:
            raise UpstreamUnavailableError
        self.failures.append(event["message"])

    def collect(self) -> None:
        collect(
            self.letters,
            uploads=self.uploads,
            fail_later=self.fail_later,
            keep=lambda letter: self.kept.append(letter.body),
        )


@pytest.mark.parametrize("body", [UPLOAD, BASE, ENDED], ids=["upload", "base", "ended execution"])
def test_what_starts_or_ends_a_document_ends_it(body: str) -> None:
    reader = Reader(FakeLetters([body]))

    reader.collect()

    assert reader.failures == reader.kept == [body]
    assert (reader.letters.hidden, reader.uploads.messages) == ([], [])


@pytest.mark.parametrize(
    "ids", [PURGE, {**PURGE, "document_id": None}, LEFTOVERS], ids=["document", "base", "ended attempt"]
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_deletion_is_queued_again(ids: dict[str, Any], wrapped: bool) -> None:
    reader = Reader(FakeLetters([json.dumps({"requestPayload": ids} if wrapped else ids)]))

    reader.collect()

    assert [json.loads(message) for message in reader.uploads.messages] == [ids]
    assert (reader.letters.hidden, reader.failures) == ([], [])


def test_a_message_that_failed_twice_is_wrapped_once() -> None:
    """Whoever ends documents failed itself, so Lambda sent what it had been handed."""
    reader = Reader(FakeLetters([json.dumps({"requestPayload": {"message": ENDED}})]))

    reader.collect()

    assert reader.failures == [ENDED]


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_wakes_webhooks_is_queued_again_for_now(wrapped: bool) -> None:
    due = {"kind": "webhooks", "tenant_id": IDS["tenant_id"]}
    letter = {**due, "not_before": "2026-01-01T00:00:00Z"}
    reader = Reader(FakeLetters([json.dumps({"requestPayload": letter} if wrapped else letter)]))

    reader.collect()

    assert [json.loads(message) for message in reader.uploads.messages] == [due]
    assert (reader.letters.hidden, reader.failures) == ([], [])


# Whoever ends documents would fail on them too, so that they would be dead letters anew every quarter of an hour.
NOT_UNDERSTOOD = [
    "", "no json", "null", "[1]", "7", "[" * 200_000, '{"kind": "purge"}', '{"kind": "webhooks"}',
    '{"requestPayload": [1]}', '{"requestPayload": {"detail": 1}}', '{"Records": [{"s3": 1}]}', '{"Records": 5}',
    '{"Records": [{"s3": {"object": {"key": 7}}}]}', '{"tenant_id": "x", "kb_id": "y"}',
    json.dumps({"requestPayload": {"detail": {"input": '{"document_id": "x"}', "status": "FAILED"}}}),
    json.dumps({"requestPayload": {"detail": {"input": '{"task_id": "x"}', "status": "FAILED"}}}),
    json.dumps({"requestPayload": {"message": '{"Records": [3]}'}}),
]  # fmt: skip


@pytest.mark.parametrize("body", NOT_UNDERSTOOD, ids=range(len(NOT_UNDERSTOOD)))
def test_what_is_not_understood_stays_and_does_not_stop_the_others(
    body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = Reader(FakeLetters([body, UPLOAD]))

    reader.collect()

    assert reader.failures == [UPLOAD]
    assert [letter.body for letter in reader.letters.hidden] == [body]
    assert "DeadLettersNotUnderstood" in capsys.readouterr().out


def test_a_letter_that_was_sent_again_in_vain_is_kept_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    reader = Reader(FakeLetters([json.dumps({"kind": "redrive", "letter": UPLOAD})]))

    reader.collect()

    assert (reader.kept, reader.failures, reader.letters.hidden) == ([UPLOAD], [], [])
    assert emitted(capsys) == [("DeadLetters", 1)]


def test_nothing_is_lost_while_nobody_takes_it() -> None:
    reader = Reader(FakeLetters([UPLOAD, BASE]), away=True)
    with pytest.raises(UpstreamUnavailableError):
        reader.collect()

    reader.letters.reappear()
    reader.away = False
    reader.collect()

    assert reader.failures == [UPLOAD, BASE]
    assert reader.letters.hidden == []


def test_a_run_is_bounded_and_the_next_one_goes_on() -> None:
    reader = Reader(FakeLetters([UPLOAD] * (10 * MOST_BATCHES + 3)))

    reader.collect()
    assert len(reader.failures) == 10 * MOST_BATCHES

    reader.collect()
    assert len(reader.failures) == 10 * MOST_BATCHES + 3
