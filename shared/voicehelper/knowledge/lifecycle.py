"""What becomes of documents and bases after their upload: retried, built again, deleted."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import TenantDatabase
from voicehelper.adapters.executions import Executions
from voicehelper.adapters.queues import Queue
from voicehelper.errors import ConflictError
from voicehelper.index.bases import require_base, touch_base
from voicehelper.index.protocol import OpenIndex
from voicehelper.ingestion import attempts
from voicehelper.ingestion import store as ingestion_store
from voicehelper.ingestion.events import BaseQueued
from voicehelper.ingestion.steps.keys import parsed_key
from voicehelper.knowledge import store
from voicehelper.knowledge.models import RestartAccepted
from voicehelper.knowledge.purging import PurgeRequested
from voicehelper.shapes.document_ref import DocumentRef

# Above the time-out of any pipeline function; a queue delays by 900 s at most.
LONGEST_STEP_S: Final = 600


class DocumentNotRetryableError(ConflictError):
    code = "DOCUMENT_NOT_RETRYABLE"


def retry_document(tenant: TenantDatabase, document_id: UUID, *, content: ContentStore, ingestions: Executions) -> None:
    """A new attempt that starts at the failed step; DocumentNotRetryableError for a document that did not fail."""
    _restart(tenant, document_id, ("failed",), content=content, ingestions=ingestions)


def reindex_document(
    tenant: TenantDatabase, document_id: UUID, *, content: ContentStore, ingestions: Executions
) -> None:
    """Parse, chunk, embed and index again from the kept file; the old chunks answer until the new ones are there."""
    _restart(tenant, document_id, ("failed", "indexed"), content=content, ingestions=ingestions)


def _restart(
    tenant: TenantDatabase,
    document_id: UUID,
    allowed: tuple[store.Status, ...],
    *,
    content: ContentStore,
    ingestions: Executions,
) -> None:
    with tenant.transaction() as tx:
        document = store.get_document(tx, document_id)
        current = ingestion_store.current_attempt(tx, document_id)
        if current is None or document.status not in allowed:
            raise DocumentNotRetryableError
        if not content.exists(current.ref.source_key):
            raise DocumentNotRetryableError(details={"reason": "upload_incomplete"})
        attempts.start_next(tx, current, ingestions, resume_from=_resume_point(current, content))


def _resume_point(current: ingestion_store.Attempt, content: ContentStore) -> str:
    """Parsing is skipped when a later step failed and its result is still there; vectors are found by their key."""
    was_parsed = current.status == "failed" and current.stage not in ("awaiting_upload", "queued", "parsing")
    return "ChunkDocument" if was_parsed and content.exists(parsed_key(current.ref)) else "ParseDocument"


def delete_document(tenant: TenantDatabase, document_id: UUID, *, open_index: OpenIndex, purges: Queue) -> None:
    """Out of every answer before this returns; objects and the row follow through the purge queue.

    Deleting again is harmless and queues the clean-up once more, so a call that died half-way can be repeated.
    """
    with tenant.transaction() as tx:
        kb_id = ingestion_store.mark_deleting(tx, document_id)
        if kb_id is None:
            raise store.DocumentNotFoundError
        open_index(tx).delete(DocumentRef(tenant.tenant_id, kb_id, document_id))
        touch_base(tx, kb_id)
    _request_purge(purges, PurgeRequested(tenant_id=tenant.tenant_id, kb_id=kb_id, document_id=document_id))


def delete_base(tenant: TenantDatabase, kb_id: UUID, *, purges: Queue) -> None:
    """The base answers nothing from here on; its documents, chunks and objects follow through the purge queue."""
    with tenant.transaction() as tx:
        store.mark_base_deleting(tx, kb_id)
    _request_purge(purges, PurgeRequested(tenant_id=tenant.tenant_id, kb_id=kb_id))


def _request_purge(purges: Queue, request: PurgeRequested) -> None:
    """Now, and once more when every step that was running has ended: it may write an object after the first time."""
    for delay_s in (0, LONGEST_STEP_S):
        purges.send(request.model_dump(mode="json"), delay_s=delay_s)


def reindex_base(
    tenant: TenantDatabase, kb_id: UUID, *, model: str, open_index: OpenIndex, uploads: Queue
) -> RestartAccepted:
    """Build the base again with another embedding model. Old vectors go at once, so two models never mix; until the
    new ones are there words alone find its documents.
    """
    queued = BaseQueued(tenant_id=tenant.tenant_id, kb_id=kb_id)
    with tenant.transaction() as tx:
        store.adopt_model(tx, kb_id, model=model)
        open_index(tx).drop_vectors(kb_id)
        documents = ingestion_store.queue_read_documents(tx, kb_id)
        attempts.announce_before_commit(uploads, queued)
    attempts.announce(uploads, queued)
    return RestartAccepted(knowledge_base_id=kb_id, embedding_model=model, documents=documents)


def retry_base(tenant: TenantDatabase, kb_id: UUID, *, uploads: Queue) -> RestartAccepted:
    """Every document of the base that failed for a reason that may have passed, from the step that failed."""
    queued = BaseQueued(tenant_id=tenant.tenant_id, kb_id=kb_id)
    with tenant.transaction() as tx:
        base = require_base(tx, kb_id)
        documents = ingestion_store.queue_failed_documents(tx, kb_id)
        attempts.announce_before_commit(uploads, queued)
    attempts.announce(uploads, queued)
    return RestartAccepted(knowledge_base_id=kb_id, embedding_model=base.embedding_model, documents=documents)
