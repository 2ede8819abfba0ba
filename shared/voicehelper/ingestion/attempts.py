"""Starts one execution per attempt, for uploads and for queued documents of a base.

``start_for_message`` is the entry; the consumer of the upload queue calls it. The rows hold the queued attempts;
messages only trigger a look at them, and may be repeated or late.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_plus

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.executions import RUNNING, Executions
from voicehelper.adapters.queues import Queue
from voicehelper.ingestion import store
from voicehelper.ingestion.events import BaseQueued, IngestionEvent
from voicehelper.shapes.document_ref import SourceFile, source_of_key

MAX_STARTS_PER_MESSAGE: Final = 50  # some three seconds, as ten messages may share one call of 29
# Longer than any call that queues documents can run.
CRASH_RECOVERY_DELAY_S: Final = 60


def announce_before_commit(uploads: Queue, queued: BaseQueued) -> None:
    """In case the caller crashes between its commit and ``announce``: a delayed message starts the queued documents."""
    uploads.send(queued.model_dump(mode="json"), delay_s=CRASH_RECOVERY_DELAY_S)


def announce(uploads: Queue, queued: BaseQueued) -> None:
    uploads.send(queued.model_dump(mode="json"))


def start_for_message(
    message: str,
    *,
    database: Database,
    ingestions: Executions,
    uploads: Queue,
    max_starts: int = MAX_STARTS_PER_MESSAGE,
) -> None:
    """Handle an S3 event of an upload, or ``BaseQueued``."""
    if "kb_id" in json.loads(message):
        queued = BaseQueued.model_validate_json(message)
        _start_queued(queued, max_starts, database=database, ingestions=ingestions, uploads=uploads)
    for file in uploaded_files(message):
        _start_uploaded(file, database=database, ingestions=ingestions)


def uploaded_files(message: str) -> Iterator[SourceFile]:
    """The files of one message from S3; none for the test event S3 sends first.

    Keys arrive URL-encoded: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    for record in json.loads(message).get("Records", ()):
        if file := source_of_key(unquote_plus(record["s3"]["object"]["key"])):
            yield file


def _start_uploaded(file: SourceFile, *, database: Database, ingestions: Executions) -> None:
    """Start the attempt of this upload; does nothing for a deleted document, an ended attempt or an outdated file."""
    with database.transaction(file.ref.tenant_id) as tx:
        current = store.current_attempt(tx, file.ref.document_id)
        if current is None or current.status != "processing" or not current.reads(file.attempt):
            return
        if current.stage == "awaiting_upload":
            current = store.take_up_file(tx, current)
        event = current.event()
        if start(event, ingestions):
            return
        # A repeated event. If the execution ended without recording a result (not on AWS, where its status change
        # fails the document), the next attempt continues.
        if ingestions.status(event.execution_name) != RUNNING:
            start_next(tx, current, ingestions)


def _start_queued(
    queued: BaseQueued, limit: int, *, database: Database, ingestions: Executions, uploads: Queue
) -> None:
    """Start up to ``limit`` queued documents of the base; a message with the last id continues with the rest."""
    with database.transaction(queued.tenant_id) as tx:
        attempts = store.queued_attempts(tx, queued.kb_id, after=queued.after, limit=limit)
    for event in attempts:
        start(event, ingestions)
    with database.transaction(queued.tenant_id) as tx:
        store.show_parsing(tx, attempts)
    if len(attempts) == limit:
        announce(uploads, queued.model_copy(update={"after": attempts[-1].document_id}))


def start_next(
    tx: Transaction, current: store.Attempt, ingestions: Executions, *, resume_from: str = "ParseDocument"
) -> None:
    """Start attempt n + 1, or a later one where an execution of that name has ended unrecorded.

    The execution starts before the commit: after a crash in between, the first step that writes the row writes the same
    attempt number, so no document stays queued without an execution.
    """
    event = current.event(later=1, resume_from=resume_from)
    while not start(event, ingestions) and ingestions.status(event.execution_name) != RUNNING:
        event = event.model_copy(update={"attempt": event.attempt + 1})
    store.begin_attempt(tx, event)


def start(event: IngestionEvent, ingestions: Executions) -> bool:
    """False if this attempt was started before."""
    return ingestions.start(event.execution_name, event.model_dump_json())
