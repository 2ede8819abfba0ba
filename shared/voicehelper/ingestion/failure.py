"""How an attempt ends badly: from what Step Functions caught to a code a user can act on."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from voicehelper.adapters.database import Database
from voicehelper.ingestion import store
from voicehelper.ingestion.events import IngestionEvent, IngestionFailed, event_of_key
from voicehelper.ingestion.start import uploaded_keys
from voicehelper.messages import DOCUMENT_MESSAGES

_BY_CLASS = {
    "States.Timeout": "timed_out",
    "Sandbox.Timedout": "timed_out",
    "UpstreamUnavailableError": "upstream_unavailable",
}


def failure_code(error: dict[str, Any]) -> str:
    """A code of DOCUMENT_MESSAGES; ``internal`` for whatever nobody foresaw, so that no internals leak."""
    name = str(error.get("Error", ""))
    if name == "RejectedError":
        code = _message(str(error.get("Cause", "")))
        return code if code in DOCUMENT_MESSAGES else "internal"
    return _BY_CLASS.get(name, "internal")


def _message(cause: str) -> str:
    """Lambda's error object inside the cause: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    try:
        return str(json.loads(cause).get("errorMessage", ""))
    except (ValueError, AttributeError):
        return ""


def mark_failed(event: IngestionFailed, *, database: Database) -> IngestionEvent:
    with database.transaction(event.tenant_id) as conn:
        store.fail(conn, event, code=failure_code(event.error), details={})
    return IngestionEvent(**event.model_dump(exclude={"error"}))


def end_overdue(execution_input: str, status: str, *, database: Database) -> None:
    """An execution that ended without its own last word (timed out, stopped, broken) ends its document here."""
    event = IngestionEvent.model_validate_json(execution_input)
    code = "timed_out" if status == "TIMED_OUT" else "internal"
    with database.transaction(event.tenant_id) as conn:
        store.fail(conn, event, code=code, details={})


def end_undeliverable(body: str, *, database: Database) -> None:
    """An upload event or a restart that failed every delivery: its documents must not wait for ever."""
    restart = json.loads(body)
    if "kb_id" in restart:
        tenant_id = UUID(restart["tenant_id"])
        with database.transaction(tenant_id) as conn:
            store.fail_queued(conn, UUID(restart["kb_id"]), tenant_id=tenant_id)
    for key in uploaded_keys(body):
        if ids := event_of_key(key):
            _end_waiting(ids[0], ids[2], database=database)


def _end_waiting(tenant_id: UUID, document_id: UUID, *, database: Database) -> None:
    with database.transaction(tenant_id) as conn:
        row = store.current_attempt(conn, document_id, tenant_id=tenant_id)
        if row is not None:
            event = IngestionEvent(
                tenant_id=tenant_id, kb_id=row["kb_id"], document_id=document_id, attempt=row["attempt"]
            )
            store.fail(conn, event, code="internal", details={})
