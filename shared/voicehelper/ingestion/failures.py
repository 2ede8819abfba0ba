"""Records failed attempts that Step Functions, EventBridge or a dead-letter queue report, with a code for the user.

``failure_code`` is called by the step ``mark_failed``, the other functions by the handlers of those events.
"""

from __future__ import annotations

import json
from typing import Any, Final

from voicehelper.adapters.database import Database
from voicehelper.adapters.queues import Queue
from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.ingestion import store
from voicehelper.ingestion.arrivals import uploaded_files
from voicehelper.ingestion.attempts import ending
from voicehelper.ingestion.disk import STORAGE_FULL
from voicehelper.ingestion.events import BaseQueued, IngestionEvent
from voicehelper.messages.catalogue import codes
from voicehelper.observability.metrics import count
from voicehelper.shapes.document_ref import SourceFile

INTERNAL: Final = "internal"
_OURS: Final = frozenset((INTERNAL, "timed_out", "FAILED", "TIMED_OUT"))  # codes, and statuses of executions
# Step Functions reports a class by its name.
_BY_CLASS: Final = {
    "States.Timeout": "timed_out",
    "Sandbox.Timedout": "timed_out",
    "Lambda.ClientExecutionTimeoutException": "timed_out",
    "Lambda.ResourceNotReadyException": "upstream_unavailable",
    "Lambda.TooManyRequestsException": "upstream_unavailable",
    UpstreamUnavailableError.__name__: "upstream_unavailable",
}


def count_failure(reason: str) -> None:
    """An attempt of a document or a task ended for a reason of ours, which its owner can do nothing about."""
    if reason in _OURS:
        count("PipelineFailures")


def failure_code(error: dict[str, Any]) -> str:
    """A code with a message for users; ``internal`` for unexpected errors, so that no internals leak."""
    name = str(error.get("Error", ""))
    message = _message(str(error.get("Cause", "")))
    if name == RejectedError.__name__:
        return message if message in codes("ingestion") else INTERNAL
    if message.startswith(STORAGE_FULL):
        return STORAGE_FULL
    return _BY_CLASS.get(name, INTERNAL)


def _message(cause: str) -> str:
    """Lambda's error object inside the cause: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    try:
        return str(json.loads(cause).get("errorMessage", ""))
    except (ValueError, AttributeError):
        return ""


def fail_ended_execution(execution_input: str, status: str, *, database: Database, uploads: Queue) -> None:
    """Fail the document of an execution that timed out, was stopped or crashed without recording a reason.

    Nothing for the execution of an agent's task.
    """
    if "document_id" not in json.loads(execution_input):
        return
    event = IngestionEvent.model_validate_json(execution_input)
    with ending(event, database=database, uploads=uploads) as tx:
        store.fail(tx, event, code="timed_out" if status == "TIMED_OUT" else INTERNAL)


def fail_undeliverable(message: str, *, database: Database, uploads: Queue) -> None:
    """Fail the documents of an upload event, a restart or an ended execution whose deliveries all failed.

    Users can retry them then. Lambda wraps an event it gave up on:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    body = json.loads(message)
    if "requestPayload" in body:
        detail = body["requestPayload"]["detail"]
        fail_ended_execution(detail["input"], detail["status"], database=database, uploads=uploads)
    if "kb_id" in body:
        queued = BaseQueued.model_validate_json(message)
        with database.transaction(queued.tenant_id) as tx:
            store.fail_queued(tx, queued.kb_id)
    for file in uploaded_files(message):
        _fail_current_attempt(file, database=database, uploads=uploads)


def _fail_current_attempt(file: SourceFile, *, database: Database, uploads: Queue) -> None:
    with database.transaction(file.ref.tenant_id) as tx:
        current = store.current_attempt(tx, file.ref.document_id)
    if current and current.reads(file.attempt):
        with ending(current.event(), database=database, uploads=uploads) as tx:
            store.fail(tx, current.event(), code=INTERNAL)
