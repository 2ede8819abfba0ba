"""Announced uploads in a real database: one document per digest, one awaited file per attempt."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import ConflictError
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.ingestion.store import queued_attempts
from voicehelper.knowledge import store
from voicehelper.knowledge.lifecycle import retry_document

from tests.support.bases import Base, create_base
from tests.support.fakes import FakeContent, FakeQueue

OVERDUE = "UPDATE document SET started_at = now() - interval '3 hours'"


def announce(database: Database, base: Base) -> store.AnnouncedDocument:
    with database.transaction(base.tenant_id) as tx:
        return store.announce_document(tx, store.NewDocument(base.ref(uuid4()), "a.txt", 1, {}, b"\1" * 32))


def retry(database: Database, base: Base, document_id: UUID, content: FakeContent) -> list[IngestionEvent]:
    """What the retry queued."""
    uploads = FakeQueue()
    retry_document(TenantDatabase(database, base.tenant_id), document_id, content=content, uploads=uploads)
    assert uploads.messages
    with database.transaction(base.tenant_id) as tx:
        return queued_attempts(tx, base.kb_id, limit=9)


def test_the_same_bytes_are_one_document_that_awaits_one_file(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    base = create_base(admin)

    first, again = announce(database, base), announce(database, base)

    assert first == again
    assert (first.attempt, first.awaits_file) == (1, True)


@pytest.mark.parametrize("stage", ["queued", "parsing", "embedding"])
def test_no_file_is_awaited_for_a_document_in_work(
    admin: psycopg.Connection[Any], database: Database, stage: str
) -> None:
    base = create_base(admin)
    announce(database, base)
    admin.execute("UPDATE document SET stage = %s", (stage,))

    assert not announce(database, base).awaits_file


@pytest.mark.parametrize(
    "ended",
    [
        "UPDATE document SET status = 'failed', stage = 'embedding'",
        f"{OVERDUE}, stage = 'parsing'",
        OVERDUE,
    ],
)
def test_bytes_that_failed_or_never_came_are_awaited_in_a_new_attempt(
    admin: psycopg.Connection[Any], database: Database, ended: str
) -> None:
    base = create_base(admin)
    first = announce(database, base)
    admin.execute(ended)

    again = announce(database, base)

    assert again == store.AnnouncedDocument(first.id, 2, "processing", "awaiting_upload")
    with database.transaction(base.tenant_id) as tx:
        assert store.get_document(tx, first.id).status == "processing"


def test_a_retry_takes_the_file_that_is_there(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    document = announce(database, base)
    kept = base.ref(document.id).source_key(1)

    admin.execute(OVERDUE)
    with pytest.raises(ConflictError):
        retry(database, base, document.id, FakeContent())
    assert retry(database, base, document.id, FakeContent({kept: b"x"}))  # it arrived, and nobody heard of it

    admin.execute(f"{OVERDUE}, stage = 'awaiting_upload', attempt = 7")  # a second upload that never came
    assert retry(database, base, document.id, FakeContent({kept: b"x"}))
