"""Dead letters that an operator sends again, against a real PostgreSQL: what they have ended begins anew, once."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.ingestion.events import IngestionEvent, IngestionFailed
from voicehelper.ingestion.failures import count_failure, fail_undeliverable
from voicehelper.ingestion.redriving import retry_for_letter
from voicehelper.ingestion.steps.mark_failed import mark_failed

from tests.support.bases import Base, create_base, create_document
from tests.support.emitted import emitted
from tests.support.fakes import FakeQueue

Admin = psycopg.Connection[Any]


def state_of(admin: Admin, document_id: object) -> tuple[str, str, int]:
    row = admin.execute("SELECT status, stage, attempt FROM document WHERE id = %s", (document_id,)).fetchone()
    assert row
    return row[0], row[1], row[2]


def upload_letter(base: Base, document_id: Any) -> str:
    key = base.ref(document_id).source_key(1)
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})


def base_letter(base: Base, _: Any) -> str:
    return json.dumps({"tenant_id": str(base.tenant_id), "kb_id": str(base.kb_id)})


def ended_letter(base: Base, document_id: Any) -> str:
    ids = {"tenant_id": str(base.tenant_id), "kb_id": str(base.kb_id), "document_id": str(document_id), "attempt": 1}
    detail = {"input": json.dumps(ids), "status": "FAILED"}
    return json.dumps({"requestPayload": {"detail": detail}, "responsePayload": {}})


LETTERS = {"upload": upload_letter, "base": base_letter, "ended execution": ended_letter}


@pytest.mark.parametrize("kind", LETTERS)
def test_what_a_dead_letter_ended_is_queued_again_once(admin: Admin, database: Database, kind: str) -> None:
    base = create_base(admin)
    document_id = create_document(admin, base)
    admin.execute("UPDATE document SET status = 'processing', stage = 'queued', attempt = 1, source_attempt = 1")
    letter, uploads = LETTERS[kind](base, document_id), FakeQueue()
    fail_undeliverable(letter, database=database, uploads=FakeQueue())
    assert state_of(admin, document_id)[0] == "failed"

    retry_for_letter(letter, database=database, uploads=uploads)
    retry_for_letter(letter, database=database, uploads=uploads)

    assert state_of(admin, document_id) == ("processing", "queued", 2)
    assert len(uploads.messages) == 2, "before the commit and after it, of the first call alone"


@pytest.mark.parametrize("change", ["status = 'indexed'", "superseded_by = id", "attempt = 3, source_attempt = 3"])
def test_what_has_gone_on_since_is_left_alone(admin: Admin, database: Database, change: str) -> None:
    base = create_base(admin)
    document_id = create_document(admin, base)
    admin.execute("UPDATE document SET status = 'failed', stage = 'parsing', attempt = 1, source_attempt = 1")
    admin.execute(f"UPDATE document SET {change}")
    before, uploads = state_of(admin, document_id), FakeQueue()

    retry_for_letter(upload_letter(base, document_id), database=database, uploads=uploads)

    assert (state_of(admin, document_id), uploads.messages) == (before, [])


def test_an_agent_s_letter_is_about_no_document(database: Database) -> None:
    detail = {"input": json.dumps({"task_id": "x"}), "status": "FAILED"}
    uploads = FakeQueue()

    retry_for_letter(json.dumps({"requestPayload": {"detail": detail}}), database=database, uploads=uploads)

    assert uploads.messages == []


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        ({"Error": "KeyError", "Cause": "{}"}, [("PipelineFailures", 1)]),
        ({"Error": "States.Timeout", "Cause": ""}, [("PipelineFailures", 1)]),
        ({"Error": "RejectedError", "Cause": json.dumps({"errorMessage": "password_protected"})}, []),
    ],
)
def test_a_failed_attempt_is_counted_unless_its_file_is_the_reason(
    admin: Admin,
    database: Database,
    capsys: pytest.CaptureFixture[str],
    error: dict[str, str],
    counted: list[tuple[str, float]],
) -> None:
    base = create_base(admin)
    event = IngestionEvent(
        tenant_id=base.tenant_id, kb_id=base.kb_id, document_id=create_document(admin, base), attempt=1
    )

    mark_failed(IngestionFailed(**event.model_dump(), error=error), database=database, uploads=FakeQueue())

    assert emitted(capsys) == counted


@pytest.mark.parametrize(("status", "counts"), [("FAILED", 1), ("TIMED_OUT", 1), ("ABORTED", 0)])
def test_an_execution_that_ended_is_counted_unless_somebody_stopped_it(
    status: str, counts: int, capsys: pytest.CaptureFixture[str]
) -> None:
    count_failure(status)

    assert len(emitted(capsys)) == counts
