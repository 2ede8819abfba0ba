"""So many attempts run at once in the whole deployment, of all tenants together, and every one gets its turn."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.errors import SupersededError
from voicehelper.ingestion import attempts, store, versions
from voicehelper.ingestion.events import BaseQueued, IngestionEvent, IngestionFailed
from voicehelper.ingestion.steps.mark_failed import mark_failed

from tests.support.bases import Base, create_base, create_document
from tests.support.fakes import FakeExecutions, FakeQueue

AT_ONCE = 3


class Deployment:
    """The consumer of the upload queue and the ends of executions; what was delayed waits in ``later``."""

    def __init__(self, database: Database, admin: psycopg.Connection[Any]) -> None:
        self.database, self.admin = database, admin
        self.executions, self.uploads = FakeExecutions(), FakeQueue()
        self.running: dict[UUID, IngestionEvent] = {}
        self.most = 0

    def upload(self, base: Base, count: int) -> None:
        for number in range(count):
            key = base.ref(create_document(self.admin, base, f"{number}.md")).source_key(0)
            self.uploads.messages.append(json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}))
        self.admin.execute("UPDATE document SET stage = 'awaiting_upload', attempt = 0 WHERE stage = 'queued'")

    def consume(self, message: str) -> None:
        before = len(self.executions.payloads)
        attempts.start_for_message(
            message, database=self.database, ingestions=self.executions, uploads=self.uploads, at_once=AT_ONCE
        )
        self.running |= {event.document_id: event for event in self.executions.events[before:]}
        self.most = max(self.most, len(self.running))

    def work_off(self) -> None:
        """Every message that is there now; those that wait, wait in the queue with the others."""
        messages, self.uploads.messages = self.uploads.messages, []
        for message in messages:
            self.consume(message)

    def end(self, event: IngestionEvent) -> None:
        with attempts.ending(event, database=self.database, uploads=self.uploads) as tx:
            store.fail(tx, event, code="internal")
        del self.running[event.document_id]

    def supersede(self, event: IngestionEvent) -> None:
        """What the state machine does about an attempt whose step was told that it is superseded."""
        error = {"Error": SupersededError.__name__, "Cause": "{}"}
        mark_failed(IngestionFailed(**event.model_dump(), error=error), database=self.database, uploads=self.uploads)
        del self.running[event.document_id]


@pytest.fixture
def deployment(database: Database, admin: psycopg.Connection[Any]) -> Deployment:
    return Deployment(database, admin)


def test_no_more_than_the_bound_run_at_once_and_all_of_them_end(deployment: Deployment) -> None:
    base, other = create_base(deployment.admin), create_base(deployment.admin)
    deployment.upload(base, 12)
    deployment.upload(other, 5)

    deployment.work_off()
    while deployment.running:
        deployment.end(next(iter(deployment.running.values())))
        deployment.work_off()

    assert deployment.most == AT_ONCE
    assert len(deployment.executions.payloads) == 17
    left = deployment.admin.execute("SELECT count(*) FROM document WHERE status = 'processing'").fetchone()
    assert left == (0,)
    assert deployment.admin.execute("SELECT count(*) FROM running_attempt").fetchone() == (0,)
    assert deployment.admin.execute("SELECT count(*) FROM waiting_base").fetchone() == (0,)


def test_bases_take_turns(deployment: Deployment) -> None:
    """One with a thousand documents does not keep another tenant's single one waiting."""
    large, small = create_base(deployment.admin), create_base(deployment.admin)
    deployment.upload(large, 20)
    deployment.work_off()
    deployment.upload(small, 2)
    deployment.work_off()

    for _ in range(4):
        deployment.end(next(iter(deployment.running.values())))
        deployment.work_off()

    begun = Counter(event.kb_id for event in deployment.executions.events)
    assert begun[small.kb_id] == 2


def test_the_watch_starts_what_waits_when_nobody_heard_of_an_end(deployment: Deployment) -> None:
    base = create_base(deployment.admin)
    deployment.upload(base, AT_ONCE + 2)
    deployment.work_off()
    watches = [json.loads(message) for message in deployment.uploads.messages]
    assert [bool(watch["watches"]) for watch in watches] == [True], "one message for all that wait"

    deployment.admin.execute("UPDATE running_attempt SET since = now() - interval '136 minutes'")
    deployment.work_off()

    assert len(deployment.executions.payloads) == AT_ONCE + 2


def test_watches_do_not_multiply(deployment: Deployment) -> None:
    base = create_base(deployment.admin)
    deployment.upload(base, AT_ONCE + 5)
    for _ in range(5):
        deployment.work_off()
        deployment.uploads.messages *= 2  # each is delivered twice

    deployment.work_off()
    ends = [json.loads(message) for message in set(deployment.uploads.messages)]

    assert len(ends) == 1


def test_an_attempt_that_is_superseded_gives_its_turn_to_the_next_one_of_its_document(deployment: Deployment) -> None:
    base = create_base(deployment.admin)
    deployment.upload(base, 1)
    deployment.work_off()
    deployment.admin.execute("UPDATE document SET characters = 5")

    with deployment.database.transaction(base.tenant_id) as tx:
        store.queue_parsed_documents(tx, base.kb_id)
    attempts.announce(deployment.uploads, BaseQueued(tenant_id=base.tenant_id, kb_id=base.kb_id))
    first = next(iter(deployment.running.values()))
    deployment.work_off()

    assert [event.attempt for event in deployment.executions.events] == [first.attempt, first.attempt + 1]
    assert deployment.admin.execute("SELECT attempt FROM running_attempt").fetchall() == [(first.attempt + 1,)]


@pytest.mark.parametrize("how", ["rebuilt", "deleted"])
def test_superseded_attempts_give_their_turns_back_to_whatever_waits(deployment: Deployment, how: str) -> None:
    """The newer attempts may wait for a turn themselves: they must not wait for each other."""
    base = create_base(deployment.admin)
    deployment.upload(base, AT_ONCE + 2)
    deployment.work_off()
    overtaken = list(deployment.running.values())
    deployment.admin.execute("UPDATE document SET characters = 5")

    with deployment.database.transaction(base.tenant_id) as tx:
        if how == "rebuilt":
            store.queue_parsed_documents(tx, base.kb_id)
        else:
            for event in overtaken:
                versions.mark_deleting(tx, event.document_id)
    for event in overtaken:
        with pytest.raises(SupersededError), deployment.database.transaction(base.tenant_id) as tx:
            store.claim(tx, event, stage="chunking")
        deployment.supersede(event)
    deployment.work_off()

    expected = AT_ONCE if how == "rebuilt" else 2
    newer = [event for event in deployment.executions.events if event not in overtaken]
    assert len(newer) == expected
    assert {event.attempt for event in newer} == ({overtaken[0].attempt + 1} if how == "rebuilt" else {0})
    assert deployment.admin.execute("SELECT count(*) FROM document WHERE status = 'failed'").fetchone() == (0,)


def test_consumers_side_by_side_keep_to_the_bound(deployment: Deployment, database_url: str) -> None:
    bases = [create_base(deployment.admin) for _ in range(4)]
    for base in bases:
        deployment.upload(base, 4)
    barrier = threading.Barrier(len(bases))

    def consume(messages: list[str]) -> None:
        database = Database(lambda: database_url)
        barrier.wait()
        for message in messages:
            attempts.start_for_message(
                message,
                database=database,
                ingestions=deployment.executions,
                uploads=deployment.uploads,
                at_once=AT_ONCE,
            )
        database.close()

    messages = deployment.uploads.messages[:]
    threads = [threading.Thread(target=consume, args=(messages[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(deployment.executions.payloads) == AT_ONCE


def test_a_deleted_document_gives_its_turn_back(deployment: Deployment) -> None:
    base = create_base(deployment.admin)
    deployment.upload(base, AT_ONCE + 1)
    deployment.work_off()
    gone = next(iter(deployment.running))

    deployment.admin.execute("DELETE FROM document WHERE id = %s", (gone,))
    deployment.work_off()

    assert len(deployment.executions.payloads) == AT_ONCE + 1
