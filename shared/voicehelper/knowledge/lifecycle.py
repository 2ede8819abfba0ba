"""Retries, reindexing and deletion of documents and knowledge bases; ``functions/knowledge`` are the callers."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.adapters.queues import Queue
from voicehelper.errors import ConflictError
from voicehelper.identity.audit import record
from voicehelper.index.bases import require_base
from voicehelper.index.protocol import IndexBackend
from voicehelper.index.rights import require_right
from voicehelper.ingestion import attempts, versions
from voicehelper.ingestion import store as ingestion_store
from voicehelper.ingestion.events import BaseQueued, PurgeRequested
from voicehelper.ingestion.steps.keys import parsed_key
from voicehelper.knowledge import store
from voicehelper.knowledge.models import RestartAccepted
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.shapes.ids import show

# Longer than the time-out of any pipeline function, and the most that a queue delays.
LONGEST_STEP_S: Final = 900


class DocumentNotRetryableError(ConflictError):
    code = "DOCUMENT_NOT_RETRYABLE"


class DocumentSupersededError(ConflictError):
    """A newer version of the file answers; this one takes part in nothing until it is made current."""

    code = "DOCUMENT_SUPERSEDED"


class DocumentCurrentError(ConflictError):
    code = "DOCUMENT_CURRENT"


def retry_document(tenant: TenantDatabase, document_id: UUID, *, content: ContentStore, uploads: Queue) -> None:
    """Queue a new attempt at the failed step; DocumentNotRetryableError for a document that has not failed."""
    _restart(tenant, document_id, ("failed",), content=content, uploads=uploads)


def reindex_document(tenant: TenantDatabase, document_id: UUID, *, content: ContentStore, uploads: Queue) -> None:
    """Parse, chunk, embed and index the stored file again; its old chunks are searched until they are replaced."""
    _restart(tenant, document_id, ("failed", "indexed"), content=content, uploads=uploads)


def _restart(
    tenant: TenantDatabase,
    document_id: UUID,
    allowed: tuple[store.Status, ...],
    *,
    content: ContentStore,
    uploads: Queue,
) -> None:
    with tenant.transaction() as tx:
        document = _writable_document(tx, document_id)
        current = ingestion_store.current_attempt(tx, document_id)
        if document.superseded_by:
            raise DocumentSupersededError(details={"superseded_by": show("doc", document.superseded_by)})
        if current is None or document.status not in allowed:
            raise DocumentNotRetryableError
        queued = _queue_again(tx, current, _resume_point(current, content), content=content, uploads=uploads)
    attempts.announce(uploads, queued)


def restore_version(tenant: TenantDatabase, document_id: UUID, *, content: ContentStore, uploads: Queue) -> None:
    """Make a superseded version current again: it is indexed as the newest one, and answers from then on.

    DocumentCurrentError for a document that is not superseded.
    """
    with tenant.transaction() as tx:
        document = _writable_document(tx, document_id)
        current = ingestion_store.current_attempt(tx, document_id)
        if current is None or document.superseded_by is None:
            raise DocumentCurrentError
        versions.make_newest(tx, document_id)
        was_parsed = bool(current.sha256) and content.exists(parsed_key(current.ref))
        resume_from = "ChunkDocument" if was_parsed else "ParseDocument"  # which records the digest
        queued = _queue_again(tx, current, resume_from, content=content, uploads=uploads)
    attempts.announce(uploads, queued)


def _writable_document(tx: Transaction, document_id: UUID) -> store.DocumentRow:
    document = store.get_document(tx, document_id)
    require_right(tx, document.kb_id, "write")
    return document


def _queue_again(
    tx: Transaction, current: ingestion_store.Attempt, resume_from: str, *, content: ContentStore, uploads: Queue
) -> BaseQueued:
    """Queue the next attempt; the caller announces it once more after the commit."""
    if (with_file := _with_file(tx, current, content)) is None:
        raise DocumentNotRetryableError(details={"reason": "upload_incomplete"})
    ingestion_store.queue_attempt(tx, with_file.event(later=1, resume_from=resume_from))
    queued = BaseQueued(tenant_id=tx.tenant_id, kb_id=with_file.kb_id)
    attempts.announce_before_commit(uploads, queued)
    return queued


def _with_file(
    tx: Transaction, current: ingestion_store.Attempt, content: ContentStore
) -> ingestion_store.Attempt | None:
    """None without a file to begin with. One may have arrived unheard, when the messages about it were lost."""
    if current.stage == "awaiting_upload" and content.exists(current.ref.source_key(current.attempt)):
        return ingestion_store.queue_file(tx, current)
    return current if content.exists(current.source_key) else None


def _resume_point(current: ingestion_store.Attempt, content: ContentStore) -> str:
    """Skips parsing if a later step failed and the parsed text exists; existing vectors are reused by their keys."""
    was_parsed = current.status == "failed" and current.stage not in ("awaiting_upload", "queued", "parsing")
    return "ChunkDocument" if was_parsed and content.exists(parsed_key(current.ref)) else "ParseDocument"


def delete_document(tenant: TenantDatabase, document_id: UUID, *, index: IndexBackend, uploads: Queue) -> None:
    """Remove the document and the versions it superseded, and queue the deletion of their objects and rows.

    Idempotent: every call queues the purge again, so a call that was interrupted can be repeated.
    """
    with tenant.transaction() as tx:
        doomed = versions.mark_deleting(tx, document_id)
        if not doomed:
            raise store.DocumentNotFoundError
        kb_id = doomed[0].kb_id
        require_right(tx, kb_id, "write")
        index.open(tx).delete(DocumentRef(tenant.tenant_id, kb_id, document_id))
        record(tx, "document.deleted", show("doc", document_id), base=show("kb", kb_id))
    for version in doomed:
        request = PurgeRequested(tenant_id=tenant.tenant_id, kb_id=kb_id, document_id=version.document_id)
        request_purge(uploads, request)


def delete_base(tenant: TenantDatabase, kb_id: UUID, *, uploads: Queue) -> None:
    """Remove the base from search, and queue the deletion of its documents, chunks and objects."""
    with tenant.transaction() as tx:
        require_right(tx, kb_id, "manage")
        store.mark_base_deleting(tx, kb_id)
        record(tx, "base.deleted", show("kb", kb_id))
    request_purge(uploads, PurgeRequested(tenant_id=tenant.tenant_id, kb_id=kb_id))


def request_purge(uploads: Queue, request: PurgeRequested) -> None:
    """Queue the purge now, and again after every running step has ended: a step may write objects after the first."""
    for delay_s in (0, LONGEST_STEP_S):
        uploads.send(request.model_dump(mode="json"), delay_s=delay_s)


def reindex_base(
    tenant: TenantDatabase, kb_id: UUID, *, model: str, index: IndexBackend, uploads: Queue
) -> RestartAccepted:
    """Rebuild the base with another embedding model.

    Old vectors are deleted at once, so that two models never mix; until the new ones exist, search is by words only.
    """
    queued = BaseQueued(tenant_id=tenant.tenant_id, kb_id=kb_id)
    with tenant.transaction() as tx:
        require_right(tx, kb_id, "manage")
        store.adopt_model(tx, kb_id, model=model)
        index.open(tx).drop_vectors(kb_id)
        documents = ingestion_store.queue_parsed_documents(tx, kb_id)
        attempts.announce_before_commit(uploads, queued)
    attempts.announce(uploads, queued)
    return RestartAccepted(knowledge_base_id=kb_id, embedding_model=model, documents=documents)


def retry_base(tenant: TenantDatabase, kb_id: UUID, *, uploads: Queue) -> RestartAccepted:
    """Retry the base's documents that failed for a transient reason, each from the step that failed."""
    queued = BaseQueued(tenant_id=tenant.tenant_id, kb_id=kb_id)
    with tenant.transaction() as tx:
        base = require_base(tx, kb_id)
        require_right(tx, kb_id, "write")
        documents = ingestion_store.queue_failed_documents(tx, kb_id)
        attempts.announce_before_commit(uploads, queued)
    attempts.announce(uploads, queued)
    return RestartAccepted(knowledge_base_id=kb_id, embedding_model=base.embedding_model, documents=documents)
