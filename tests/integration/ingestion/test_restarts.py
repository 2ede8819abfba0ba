"""Documents of a base that begin again, against a real PostgreSQL: every one is started, none is forgotten."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.ingestion import restart, store
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.ingestion.failure import end_undeliverable

from tests.support.bases import Base, create_base, create_document


class Pipeline:
    """What was started and what was put into the queue, instead of AWS."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
        self.started: list[IngestionEvent] = []
        self.queue: list[str] = []
        self._database = database
        monkeypatch.setattr(restart, "start_execution", lambda event, _: self.started.append(event))
        monkeypatch.setattr(restart, "_send", lambda _, body, **__: self.queue.append(json.dumps(body)))

    def consume(self) -> None:
        while self.queue:
            restart.start_for_message(self.queue.pop(0), database=self._database, state_machine_arn="", queue_url="")


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch, database: Database) -> Pipeline:
    return Pipeline(monkeypatch, database)


def failed(admin: psycopg.Connection[Any], base: Base, code: str, *, characters: int | None) -> UUID:
    document_id = create_document(admin, base)
    admin.execute(
        "UPDATE document SET status = 'failed', stage = 'embedding', error_code = %s, characters = %s WHERE id = %s",
        (code, characters, document_id),
    )
    return document_id


def queue_failed(database: Database, base: Base) -> int:
    with database.transaction(base.tenant_id) as conn:
        return store.queue_failed_documents(conn, base.kb_id, tenant_id=base.tenant_id)


def test_only_what_a_second_try_can_mend_is_tried_again(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    read = failed(admin, base, "upstream_unavailable", characters=10)
    unread = failed(admin, base, "timed_out", characters=None)
    failed(admin, base, "corrupt", characters=None)

    assert queue_failed(database, base) == 2
    restart.announce("", tenant_id=base.tenant_id, kb_id=base.kb_id)
    pipeline.consume()

    resumed = {event.document_id: (event.resume_from, event.attempt) for event in pipeline.started}
    assert resumed == {read: ("ChunkDocument", 2), unread: ("ParseDocument", 2)}
    assert queue_failed(database, base) == 0, "they are under way"


def test_more_than_one_message_can_start_is_started_by_the_next_ones(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restart, "STARTED_AT_ONCE", 2)
    base = create_base(admin)
    documents = {failed(admin, base, "internal", characters=1) for _ in range(5)}
    queue_failed(database, base)

    restart.announce("", tenant_id=base.tenant_id, kb_id=base.kb_id)
    pipeline.consume()

    assert [event.document_id for event in pipeline.started] == sorted(documents)


def test_a_base_that_is_built_again_begins_with_its_chunks(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base, other = create_base(admin), create_base(admin)
    for_both = {"status": "indexed", "characters": 5}
    documents = [create_document(admin, owner) for owner in (base, other)]
    admin.execute("UPDATE document SET status = %(status)s, characters = %(characters)s", for_both)

    with database.transaction(base.tenant_id) as conn:
        assert store.queue_read_documents(conn, base.kb_id, tenant_id=base.tenant_id) == 1
    for owner in (base, other):
        restart.announce("", tenant_id=owner.tenant_id, kb_id=owner.kb_id)
    pipeline.consume()

    assert [(e.document_id, e.resume_from) for e in pipeline.started] == [(documents[0], "ChunkDocument")]


def test_a_restart_that_nobody_could_handle_ends_its_documents(
    admin: psycopg.Connection[Any], database: Database, pipeline: Pipeline
) -> None:
    base = create_base(admin)
    waiting = failed(admin, base, "internal", characters=1)
    queue_failed(database, base)
    restart.announce("", tenant_id=base.tenant_id, kb_id=base.kb_id)

    end_undeliverable(pipeline.queue[0], database=database)

    rows = admin.execute("SELECT status, error_code FROM document WHERE id = %s", (waiting,)).fetchall()
    assert rows == [("failed", "internal")]
    assert queue_failed(database, base) == 1
