"""Queues documents again that a dead letter has ended. ``retry_for_letter`` is called by the upload queue's consumer.

Its message is an operator's (``infra.operate dead-letters redrive``), and may come twice: a document that has not
failed is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.queues import Queue
from voicehelper.ingestion import store
from voicehelper.ingestion.arrivals import uploaded_files
from voicehelper.ingestion.attempts import announce, announce_before_commit
from voicehelper.ingestion.dead_letters import original
from voicehelper.ingestion.events import BaseQueued, IngestionEvent


def retry_for_letter(letter: str, *, database: Database, uploads: Queue) -> None:
    """Of an upload, of documents that were queued, or of an execution that ended; nothing for other letters."""
    message = original(letter)
    for base, document_id, source_attempt in _concerned(message):
        with database.transaction(base.tenant_id) as tx:
            queued = _queue(tx, base, document_id, source_attempt)
            if queued:
                announce_before_commit(uploads, base)
        if queued:
            announce(uploads, base)


Concerned = tuple[BaseQueued, UUID | None, int | None]


def _concerned(message: str) -> Iterator[Concerned]:
    """(base, document, the attempt that its file was uploaded for); a whole base without the latter two."""
    body = json.loads(message)
    if "kb_id" in body:
        yield BaseQueued(tenant_id=body["tenant_id"], kb_id=body["kb_id"]), None, None
    for file in uploaded_files(message):
        yield BaseQueued(tenant_id=file.ref.tenant_id, kb_id=file.ref.kb_id), file.ref.document_id, file.attempt
    given = str(dict(dict(body.get("requestPayload") or {}).get("detail") or {}).get("input", "{}"))
    if "document_id" in json.loads(given):
        event = IngestionEvent.model_validate_json(given)
        yield BaseQueued(tenant_id=event.tenant_id, kb_id=event.kb_id), event.document_id, None


def _queue(tx: Transaction, base: BaseQueued, document_id: UUID | None, source_attempt: int | None) -> bool:
    if document_id is None:
        return bool(store.queue_failed_documents(tx, base.kb_id))
    current = store.current_attempt(tx, document_id)
    if current is None or current.status != "failed" or current.is_superseded:
        return False
    if source_attempt is not None and not current.reads(source_attempt):
        return False  # another file has come since
    if current.stage == "awaiting_upload":
        current = store.queue_file(tx, current)
    store.queue_attempt(tx, current.event(later=1))
    return True
