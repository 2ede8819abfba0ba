"""Many documents begin again: queued by one statement, started from a queue, however many there are.

The rows say what waits; a message only says that something does. It may come twice, late or after a crash.
"""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.aws_call import aws_call
from voicehelper.adapters.database import Database
from voicehelper.ingestion import store
from voicehelper.ingestion.start import start_execution, start_for_upload, uploaded_keys

STARTED_AT_ONCE: Final = 50  # by one message: some three seconds, as ten of them may share one call of 29
# Longer than any call that queues documents can run.
_AFTER_A_CRASH_S: Final = 60


def announce_before_commit(queue_url: str, *, tenant_id: UUID, kb_id: UUID) -> None:
    """For the case that the caller dies between its commit and ``announce``: a late message finds what waits."""
    _send(queue_url, {"tenant_id": str(tenant_id), "kb_id": str(kb_id)}, delay_s=_AFTER_A_CRASH_S)


def announce(queue_url: str, *, tenant_id: UUID, kb_id: UUID) -> None:
    _send(queue_url, {"tenant_id": str(tenant_id), "kb_id": str(kb_id)})


def _send(queue_url: str, body: dict[str, Any], *, delay_s: int = 0) -> None:
    aws_call("sqs", "SendMessage", {"QueueUrl": queue_url, "MessageBody": json.dumps(body), "DelaySeconds": delay_s})


def start_for_message(message: str, *, database: Database, state_machine_arn: str, queue_url: str) -> None:
    """What S3 says of an upload, or {"tenant_id", "kb_id", "after"?} of a base whose documents wait."""
    if "kb_id" in (body := json.loads(message)):
        start_queued(body, database=database, state_machine_arn=state_machine_arn, queue_url=queue_url)
    for key in uploaded_keys(message):
        start_for_upload(key, database=database, state_machine_arn=state_machine_arn)


def start_queued(body: dict[str, Any], *, database: Database, state_machine_arn: str, queue_url: str) -> None:
    """Start what waits in the base, and leave the rest to a message that names where to go on."""
    tenant_id, kb_id = UUID(body["tenant_id"]), UUID(body["kb_id"])
    with database.transaction(tenant_id) as conn:
        waiting = store.queued_attempts(
            conn, kb_id, tenant_id=tenant_id, after=body.get("after"), limit=STARTED_AT_ONCE
        )
    for event in waiting:
        start_execution(event, state_machine_arn)
    if len(waiting) == STARTED_AT_ONCE:
        _send(queue_url, body | {"after": str(waiting[-1].document_id)})
