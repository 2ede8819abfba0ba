"""Documents as their owners see them, when an event that should have ended one was lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.ingestion.store import queue_failed_documents, queued_attempts
from voicehelper.knowledge.lifecycle import retry_document
from voicehelper.knowledge.store import DocumentRow, get_document
from voicehelper.knowledge.views import document_status

from tests.support.bases import Base, create_base, create_document
from tests.support.fakes import FakeContent, FakeQueue


def processing(admin: psycopg.Connection[Any], base: Base, *, stage: str, minutes: int) -> UUID:
    """A document that has been in a stage for so long."""
    document_id = create_document(admin, base)
    admin.execute(
        "UPDATE document SET stage = %s, created_at = now() - make_interval(mins => %s),"
        " started_at = now() - make_interval(mins => %s) WHERE id = %s",
        (stage, minutes, minutes, document_id),
    )
    return document_id


def read(database: Database, base: Base, document_id: UUID) -> DocumentRow:
    with database.transaction(base.tenant_id) as tx:
        return get_document(tx, document_id)


@pytest.mark.parametrize(
    ("stage", "minutes", "status", "code"),
    [
        ("embedding", 134, "processing", None),
        ("embedding", 136, "failed", "timed_out"),
        ("queued", 136, "failed", "timed_out"),
        ("awaiting_upload", 59, "processing", None),
        ("awaiting_upload", 61, "failed", "upload_incomplete"),
    ],
)
def test_a_document_beyond_its_longest_life_has_failed(
    admin: psycopg.Connection[Any], database: Database, stage: str, minutes: int, status: str, code: str | None
) -> None:
    base = create_base(admin)

    shown = document_status(read(database, base, processing(admin, base, stage=stage, minutes=minutes)), "en")

    assert (shown.status, shown.error.code if shown.error else None) == (status, code)


def test_a_document_that_waits_for_its_turn_has_not_failed_however_long(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    base = create_base(admin)
    document_id = processing(admin, base, stage="queued", minutes=600)

    admin.execute("INSERT INTO waiting_base (kb_id, tenant_id) VALUES (%s, %s)", (base.kb_id, base.tenant_id))
    assert read(database, base, document_id).status == "processing"

    admin.execute("UPDATE waiting_base SET since = now() - interval '20 minutes'")
    assert read(database, base, document_id).status == "failed", "nobody looks after it any more"


def test_a_document_beyond_its_longest_life_can_be_retried(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    document_id = processing(admin, base, stage="embedding", minutes=200)
    uploads = FakeQueue()

    retry_document(
        TenantDatabase(database, base.tenant_id),
        document_id,
        content=FakeContent({base.ref(document_id).source_key(0): b"x"}),
        uploads=uploads,
    )

    with database.transaction(base.tenant_id) as tx:
        queued = queued_attempts(tx, base.kb_id, limit=9)
    assert [(event.document_id, event.attempt) for event in queued] == [(document_id, 2)]
    assert len(uploads.messages) == 2, "before the commit, and after it"
    assert read(database, base, document_id).status == "processing"


def test_a_retry_of_the_base_takes_it_up_as_well(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    processing(admin, base, stage="embedding", minutes=200)
    processing(admin, base, stage="embedding", minutes=5)

    with database.transaction(base.tenant_id) as tx:
        queued = queue_failed_documents(tx, base.kb_id)

    assert queued == 1
