"""Takes up, at every start, the documents and the tasks that the last run left in work. Entry: ``redeliver()``.

However the stack ended, its executions have ended with it, and nobody was there to hear so. Each document in work gets
a message that may come at any time anyway: starting an attempt twice changes nothing, and one whose execution is over
is followed by the next (``voicehelper.ingestion.attempts``).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote_plus
from uuid import UUID

import psycopg
from botocore.exceptions import ClientError
from psycopg.rows import dict_row, namedtuple_row
from voicehelper.agents.events import TaskEvent
from voicehelper.agents.running import LIFE_S
from voicehelper.shapes.document_ref import DocumentRef, source_of_key

from infra.local.endpoint import Endpoint

_RUNNING: Final = "RUNNING"
_BATCH: Final = 10  # the most one call of SQS takes

_DELETED: Final = """
    SELECT 'purge' AS kind, tenant_id, kb_id, id AS document_id FROM document WHERE status = 'deleting'
     UNION ALL
    SELECT 'purge', tenant_id, id, NULL FROM knowledge_base WHERE status = 'deleting'
"""
_UNTOLD: Final = "SELECT DISTINCT 'webhooks' AS kind, tenant_id FROM webhook_delivery WHERE status = 'pending'"
# One that waits for a person goes on waiting.
_TASKS: Final = """
    SELECT id FROM agent_task WHERE status = 'running'
       AND NOT EXISTS (SELECT FROM agent_approval AS a WHERE a.task_id = agent_task.id AND a.status = 'pending')
"""
# It goes on where its trace ends.
_NEXT_ATTEMPT: Final = """
    UPDATE agent_task SET attempt = attempt + 1, ends_by = now() + make_interval(secs => %(life_s)s)
     WHERE id = %(id)s RETURNING tenant_id, id AS task_id, attempt
"""
_IN_WORK: Final = "SELECT tenant_id, kb_id, id, attempt, stage FROM document WHERE status = 'processing' ORDER BY id"


def redeliver(endpoint: Endpoint, dsn: str, outputs: dict[str, Any]) -> int:
    """Returns the number of documents in work. What is being deleted is taken up, too."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        purges = [json.dumps(row, default=str) for row in connection.execute(_DELETED)]
        purges += [json.dumps(row, default=str) for row in connection.execute(_UNTOLD)]
        connection.execute("DELETE FROM webhook_clock")  # whose messages the emulator may have lost
    with psycopg.connect(dsn, row_factory=namedtuple_row) as connection:
        connection.execute("DELETE FROM running_attempt")  # nobody has a turn any more
        rows = connection.execute(_IN_WORK).fetchall()
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        for task in connection.execute(_TASKS).fetchall():
            _go_on(connection, task["id"], endpoint, outputs["agents_arn"])
    _send(endpoint.client("sqs"), outputs["upload_queue_url"], purges)
    if rows:
        _take_up(rows, endpoint, outputs)
    return len(rows)


def _go_on(connection: psycopg.Connection[dict[str, Any]], task_id: UUID, endpoint: Endpoint, machine: str) -> None:
    """Before the commit: a name that is used already is that of a start whose commit never came."""
    states, started = endpoint.client("stepfunctions"), False
    while not started:
        row = connection.execute(_NEXT_ATTEMPT, {"id": task_id, "life_s": LIFE_S}).fetchone()
        event = TaskEvent.model_validate(row)
        with contextlib.suppress(states.exceptions.ExecutionAlreadyExists):
            states.start_execution(stateMachineArn=machine, name=event.execution_name, input=event.model_dump_json())
            started = True


def _take_up(rows: list[Any], endpoint: Endpoint, outputs: dict[str, Any]) -> None:
    keys = _stored_keys(endpoint.client("s3"), outputs["content_bucket"])
    # A base first: its message knows where an attempt goes on, an upload's begins at the file.
    queued = {(row.tenant_id, row.kb_id) for row in rows if row.stage == "queued"}
    stored = [key for row in rows for key in keys.get(DocumentRef(row.tenant_id, row.kb_id, row.id), ())]
    messages = [_base_queued(*base) for base in queued]
    messages += [upload_event(outputs["content_bucket"], key) for key in stored]
    _send(endpoint.client("sqs"), outputs["upload_queue_url"], messages)
    lost = [row for row in rows if DocumentRef(row.tenant_id, row.kb_id, row.id) not in keys]
    _report_ended(endpoint, outputs, lost)


def _stored_keys(s3: Any, bucket: str) -> dict[DocumentRef, list[str]]:
    """The uploaded files' keys, by their document."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="documents/")
    stored: dict[DocumentRef, list[str]] = {}
    for key in (item["Key"] for page in pages for item in page.get("Contents", ())):
        if file := source_of_key(key):
            stored.setdefault(file.ref, []).append(key)
    return stored


def _base_queued(tenant_id: UUID, kb_id: UUID) -> str:
    return json.dumps({"tenant_id": str(tenant_id), "kb_id": str(kb_id)})


def upload_event(bucket: str, key: str) -> str:
    """S3's notification as JSON, reduced to what the product reads."""
    entity = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key, safe="/")}}
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": entity}]})


def _send(sqs: Any, queue_url: str, messages: list[str]) -> None:
    for batch in _batches(messages):
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(batch)]
        sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)


def _batches(messages: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(messages), _BATCH):
        yield messages[start : start + _BATCH]


def _report_ended(endpoint: Endpoint, outputs: dict[str, Any], rows: Iterable[Any]) -> None:
    """Report executions that ended unheard, as EventBridge would have, for documents without a file to begin with.

    A document without a file and without an execution is not in work: its upload has been announced and may come.
    """
    states, functions = endpoint.client("stepfunctions"), endpoint.client("lambda")
    machine = outputs["ingestion_arn"].replace(":stateMachine:", ":execution:")
    for row in rows:
        try:
            ended = states.describe_execution(executionArn=f"{machine}:{row.id}-{row.attempt}")
        except ClientError:
            continue
        if ended["status"] != _RUNNING:
            detail = {"detail": {"input": ended["input"], "status": ended["status"]}}
            functions.invoke(FunctionName=outputs["end_overdue"], Payload=json.dumps(detail).encode())
