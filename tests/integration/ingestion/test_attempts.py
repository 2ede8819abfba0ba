"""Documents of a base that begin again, against a real PostgreSQL: every one is started, none is forgotten."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.ingestion import attempts, store
from voicehelper.ingestion.events import BaseQueued, IngestionEvent
from voicehelper.ingestion.failures import fail_undeliverable

from tests.support.bases import Base, create_base, create_document
from tests.support.fakes import FakeExecutions, FakeQueue


class Pipeline:
    """The consumer of the upload queue, with what it started and what waits in the queue."""

    def __init__(self, database: Database, *, max_starts: int = 50, at_once: int = 50) -> None:
        self.executions, self.uploads = FakeExecutions(), FakeQueue()
        self._database, self._max_starts, self._at_once = database, max_starts, at_once

    @property
    def started(self) -> list[IngestionEvent]:
        return self.executions.events

    def announce(self, base: Base) -> None:
        attempts.announce(self.uploads, BaseQueued(tenant_id=base.tenant_id, kb_id=base.kb_id))

    def consume(self) -> None:
        while self.uploads.messages:
            attempts.start_for_message(
                self.uploads.messages.pop(0),
                database=self._database,
                ingestions=self.executions,
                uploads=self.uploads,
                at_once=self._at_once,
                max_starts=self._max_starts,
            )


@pytest.fixture
def pipeline(database: Database) -> Pipeline:
    return Pipeline(database)


def failed(admin: psycopg.Connection[Any], base: Base, code: str, *, characters: int | None) -> UUID:
    document_id = create_document(admin, base)
    admin.execute(
        "UPDATE document SET status = 'failed', stage = 'embedding', error_code = %s, characters = %s WHERE id = %s",
        (code, characters, document_id),
    )
    return document_id


def queue_failed(database: Database, base: Base) -> int:
    with database.transaction(base.tenant_id) as tx:
        return store.queue_failed_documents(tx, base.kb_id)


def test_only_what_a_second_try_can_mend_is_tried_again(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    read = failed(admin, base, "upstream_unavailable", characters=10)
    unread = failed(admin, base, "timed_out", characters=None)
    failed(admin, base, "corrupt", characters=None)

    assert queue_failed(database, base) == 2
    pipeline.announce(base)
    pipeline.consume()

    resumed = {event.document_id: (event.resume_from, event.attempt) for event in pipeline.started}

    assert resumed == {read: ("ChunkDocument", 2), unread: ("ParseDocument", 2)}
    assert queue_failed(database, base) == 0, "they are under way"


def test_more_than_one_message_can_start_is_started_by_the_next_ones(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    pipeline = Pipeline(database, max_starts=2)
    base = create_base(admin)
    documents = {failed(admin, base, "internal", characters=1) for _ in range(5)}
    queue_failed(database, base)

    pipeline.announce(base)
    pipeline.consume()

    assert [event.document_id for event in pipeline.started] == sorted(documents)


def test_a_base_that_is_built_again_begins_with_its_chunks(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base, other = create_base(admin), create_base(admin)
    for_both = {"status": "indexed", "characters": 5}
    documents = [create_document(admin, owner) for owner in (base, other)]
    admin.execute("UPDATE document SET status = %(status)s, characters = %(characters)s", for_both)

    with database.transaction(base.tenant_id) as tx:
        assert store.queue_parsed_documents(tx, base.kb_id) == 1
    for owner in (base, other):
        pipeline.announce(owner)
    pipeline.consume()

    assert [(e.document_id, e.resume_from) for e in pipeline.started] == [(documents[0], "ChunkDocument")]


def test_a_restart_that_nobody_could_handle_ends_its_documents(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    waiting = failed(admin, base, "internal", characters=1)
    queue_failed(database, base)
    pipeline.announce(base)

    fail_undeliverable(pipeline.uploads.messages[0], database=database, uploads=FakeQueue())

    rows = admin.execute("SELECT status, error_code FROM document WHERE id = %s", (waiting,)).fetchall()

    assert rows == [("failed", "internal")]
    assert queue_failed(database, base) == 1


def upload_message(base: Base, document_id: UUID, attempt: int = 0) -> str:
    key = base.ref(document_id).source_key(attempt)
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})


def test_an_upload_that_is_announced_twice_is_started_once(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    message = upload_message(base, create_document(admin, base))

    pipeline.uploads.messages += [message, message]
    pipeline.consume()

    assert [event.attempt for event in pipeline.started] == [1]


def test_an_execution_that_died_without_an_end_is_followed_by_the_next_attempt(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    document_id = create_document(admin, base)
    pipeline.uploads.messages.append(upload_message(base, document_id))
    pipeline.consume()

    pipeline.executions.statuses[f"{document_id}-1"] = "ABORTED"
    pipeline.uploads.messages.append(upload_message(base, document_id))
    pipeline.consume()

    assert [event.attempt for event in pipeline.started] == [1, 2]


def test_a_file_is_started_only_for_the_attempt_that_waits_for_it(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    document_id = create_document(admin, base)
    admin.execute("UPDATE document SET stage = 'awaiting_upload', attempt = 2 WHERE id = %s", (document_id,))

    pipeline.uploads.messages += [upload_message(base, document_id, attempt) for attempt in (0, 1, 3)]
    pipeline.consume()
    assert pipeline.started == []

    fail_undeliverable(upload_message(base, document_id, 1), database=database, uploads=FakeQueue())
    pipeline.uploads.messages.append(upload_message(base, document_id, 2))
    pipeline.consume()

    assert [event.attempt for event in pipeline.started] == [2]
    assert admin.execute("SELECT source_attempt FROM document").fetchall() == [(2,)]


def test_a_name_whose_execution_ended_unrecorded_is_not_used_again(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    document_id = create_document(admin, base)
    pipeline.executions.start(f"{document_id}-2", base.event(document_id).model_dump_json())
    pipeline.executions.start(f"{document_id}-1", base.event(document_id).model_dump_json())
    pipeline.executions.statuses |= {f"{document_id}-1": "ABORTED", f"{document_id}-2": "FAILED"}
    admin.execute("UPDATE document SET stage = 'queued'")

    pipeline.announce(base)
    pipeline.consume()

    assert admin.execute("SELECT attempt, stage FROM document").fetchall() == [(3, "parsing")]


def test_queued_attempts_bring_the_parser_what_it_needs(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    failed(admin, base, "timed_out", characters=None)
    admin.execute("UPDATE document SET filename = 'a.md', source_attempt = 4, sha256 = %s", (b"\1" * 32,))

    queue_failed(database, base)
    pipeline.announce(base)
    pipeline.consume()

    assert [(e.filename, e.source_attempt, e.sha256) for e in pipeline.started] == [("a.md", 4, "01" * 32)]
    assert admin.execute("SELECT stage FROM document").fetchall() == [("parsing",)]


@pytest.mark.parametrize(("status", "code"), [("TIMED_OUT", "timed_out"), ("ABORTED", "internal")])
def test_an_ended_execution_that_nobody_could_record_ends_its_document_from_the_dead_letters(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline, status: str, code: str
) -> None:
    base = create_base(admin)
    document_id = create_document(admin, base)
    pipeline.uploads.messages.append(upload_message(base, document_id))
    pipeline.consume()
    detail = {"status": status, "input": pipeline.started[0].model_dump_json()}

    fail_undeliverable(
        json.dumps({"requestPayload": {"detail": detail}, "responsePayload": {}}),
        database=database,
        uploads=FakeQueue(),
    )

    assert admin.execute("SELECT status, error_code FROM document").fetchall() == [("failed", code)]
