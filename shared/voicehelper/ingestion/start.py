"""From an upload event to a running execution, exactly once per attempt however often the event comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from voicehelper.adapters.aws_call import AwsCallError, aws_call
from voicehelper.adapters.database import Database
from voicehelper.ingestion import store
from voicehelper.ingestion.events import IngestionEvent, event_of_key

_RUNNING = "RUNNING"


def uploaded_keys(body: str) -> Iterator[str]:
    """The object keys of one SQS message from S3; none for the test event S3 sends first.

    Keys arrive URL-encoded: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    for record in json.loads(body).get("Records", ()):
        yield unquote_plus(record["s3"]["object"]["key"])


def start_for_upload(key: str, *, database: Database, state_machine_arn: str) -> None:
    """Start the attempt this upload stands for; nothing for a document that is gone or already ended."""
    ids = event_of_key(key)
    if ids is None:
        return
    tenant_id, _, document_id = ids
    with database.transaction(tenant_id) as conn:
        row = store.current_attempt(conn, document_id, tenant_id=tenant_id)
        if row is None or row["status"] != "processing":
            return
        event = _event(row, tenant_id, document_id, attempt=row["attempt"])
        if start_execution(event, state_machine_arn):
            return
        # The event came again. If that execution died without reaching an end (it cannot on AWS, where its
        # status change ends the document), the next attempt takes over where it stopped.
        if execution_status(event, state_machine_arn) != _RUNNING:
            next_attempt(conn, row, tenant_id, document_id, state_machine_arn=state_machine_arn)


def next_attempt(
    conn: Any,
    row: dict[str, Any],
    tenant_id: UUID,
    document_id: UUID,
    *,
    state_machine_arn: str,
    resume_from: str = "ParseDocument",
) -> None:
    """Begin attempt n + 1. The execution starts before the commit: if we die in between, its first step

    writes the same attempt number into the row, so no document waits for an execution that never came.
    """
    event = _event(row, tenant_id, document_id, attempt=row["attempt"] + 1, resume_from=resume_from)
    store.queue_attempt(conn, event)
    start_execution(event, state_machine_arn)


def _event(row: dict[str, Any], tenant_id: UUID, document_id: UUID, **more: Any) -> IngestionEvent:
    return IngestionEvent(tenant_id=tenant_id, kb_id=row["kb_id"], document_id=document_id, **more)


def start_execution(event: IngestionEvent, state_machine_arn: str) -> bool:
    """False when this attempt was started before: execution names are unique for 90 days."""
    payload = {"stateMachineArn": state_machine_arn, "name": event.execution_name, "input": event.model_dump_json()}
    try:
        aws_call("states", "StartExecution", payload)
    except AwsCallError as error:
        if error.service_code == "ExecutionAlreadyExists":
            return False
        raise
    # The same name with the same input while it runs is answered with success on AWS: idempotent as well.
    return True


def execution_status(event: IngestionEvent, state_machine_arn: str) -> str:
    arn = f"{state_machine_arn.replace(':stateMachine:', ':execution:')}:{event.execution_name}"
    return str(aws_call("states", "DescribeExecution", {"executionArn": arn})["status"])
