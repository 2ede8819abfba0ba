"""How an attempt ends badly: from what Step Functions, EventBridge or a dead-letter queue reports to a document that
has failed with a code a user can act on.
"""

from __future__ import annotations

import json
from typing import Any, Final

from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.ingestion import store
from voicehelper.ingestion.attempts import uploaded_documents
from voicehelper.ingestion.events import BaseQueued, IngestionEvent
from voicehelper.messages.catalogue import codes
from voicehelper.shapes.document_ref import DocumentRef

INTERNAL: Final = "internal"
# Step Functions reports a class by its name.
_BY_CLASS: Final = {
    "States.Timeout": "timed_out",
    "Sandbox.Timedout": "timed_out",
    UpstreamUnavailableError.__name__: "upstream_unavailable",
}


def failure_code(error: dict[str, Any]) -> str:
    """A code users are told a sentence for; ``internal`` for the unforeseen, so that no internals leak."""
    name = str(error.get("Error", ""))
    if name == RejectedError.__name__:
        reason = _message(str(error.get("Cause", "")))
        return reason if reason in codes("ingestion") else INTERNAL
    return _BY_CLASS.get(name, INTERNAL)


def _message(cause: str) -> str:
    """Lambda's error object inside the cause: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    try:
        return str(json.loads(cause).get("errorMessage", ""))
    except (ValueError, AttributeError):
        return ""


def fail_ended_execution(execution_input: str, status: str, *, database: Database) -> None:
    """An execution ended without a state that recorded why: it timed out, was stopped, or broke."""
    event = IngestionEvent.model_validate_json(execution_input)
    with database.transaction(event.tenant_id) as tx:
        store.fail(tx, event, code="timed_out" if status == "TIMED_OUT" else INTERNAL)


def fail_undeliverable(message: str, *, database: Database) -> None:
    """An upload event or a restart that failed every delivery: its documents must not wait for ever."""
    if "kb_id" in json.loads(message):
        queued = BaseQueued.model_validate_json(message)
        with database.transaction(queued.tenant_id) as tx:
            store.fail_queued(tx, queued.kb_id)
    for ref in uploaded_documents(message):
        _fail_waiting(ref, database=database)


def _fail_waiting(ref: DocumentRef, *, database: Database) -> None:
    with database.transaction(ref.tenant_id) as tx:
        if current := store.current_attempt(tx, ref.document_id):
            store.fail(tx, current.event(), code=INTERNAL)
