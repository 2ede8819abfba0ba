"""What callers do with documents: upload, look, retry, remove. Values come in checked; errors leave as ours."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from voicehelper.adapters.aws_call import aws_call
from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Connection, TenantDatabase
from voicehelper.errors import ConflictError, InvalidInputError, PayloadTooLargeError
from voicehelper.index.bases import base_facts
from voicehelper.ingestion import restart
from voicehelper.ingestion import store as ingestion_store
from voicehelper.ingestion.events import document_prefix, source_key
from voicehelper.ingestion.filenames import clean_filename
from voicehelper.ingestion.start import next_attempt
from voicehelper.knowledge import documents_store as documents
from voicehelper.knowledge import store
from voicehelper.knowledge.models import (
    Coverage,
    DirectUpload,
    Document,
    DocumentStatus,
    NewDirectUpload,
    Problem,
    RestartAccepted,
    UploadAccepted,
)
from voicehelper.messages import Language, message_for
from voicehelper.shapes.bodies import can_be_kept
from voicehelper.shapes.ids import new_id

# Lambda takes 6 MB of request, base64 included: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_INLINE_BYTES = 4_500_000
MAX_UPLOAD_BYTES = 500_000_000
UPLOAD_FORM_LIFE_S = 3600
MAX_METADATA_CHARS = 16_384


class EmptyFileError(InvalidInputError):
    code = "EMPTY_FILE"


class MetadataInvalidError(InvalidInputError):
    code = "METADATA_INVALID"


class DocumentNotRetryableError(ConflictError):
    code = "DOCUMENT_NOT_RETRYABLE"


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A file that came inside the request; ``metadata`` is still text."""

    filename: str
    body: bytes
    metadata: str


def parse_metadata(text: str) -> dict[str, Any]:
    """The ``metadata`` field of an upload: a JSON object of at most 16 kB; MetadataInvalidError otherwise."""
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise MetadataInvalidError(str(error)) from error
    if not isinstance(value, dict) or len(text) > MAX_METADATA_CHARS or not can_be_kept(value):
        raise MetadataInvalidError("not a JSON object of at most 16 kB")
    return value


def receive(
    tenant: TenantDatabase, content: ContentStore, kb_id: UUID, upload: InlineFile | NewDirectUpload, language: Language
) -> UploadAccepted | DirectUpload:
    if isinstance(upload, InlineFile):
        return store_upload(tenant, content, kb_id, upload, language)
    return announce_upload(tenant, content, kb_id, upload)


def accepted(document_id: UUID, language: Language, status: str = "processing") -> UploadAccepted:
    code = "UPLOAD_ACCEPTED" if status == "processing" else "UPLOAD_KNOWN"
    return UploadAccepted(document_id=document_id, status=status, message=message_for(code, language))


def store_upload(
    tenant: TenantDatabase, content: ContentStore, kb_id: UUID, file: InlineFile, language: Language
) -> UploadAccepted:
    """Store a file that came with the request. The object's arrival starts the pipeline, not this function.

    The row comes first: if we die before the object is there, the same upload sent again continues it.
    """
    name, body, metadata = clean_filename(file.filename), file.body, parse_metadata(file.metadata)
    if not body:
        raise EmptyFileError
    if len(body) > MAX_INLINE_BYTES:
        raise PayloadTooLargeError(details={"max_bytes": MAX_INLINE_BYTES, "use": "direct upload (JSON body)"})
    document = _new_document(tenant.tenant_id, kb_id, name, len(body), metadata, hashlib.sha256(body).digest())
    with tenant.transaction() as conn:
        base_facts(conn, tenant_id=tenant.tenant_id, base_ids=[kb_id])
        document_id, status = documents.announce_document(conn, document)
    if status == "processing":
        content.put(source_key(document_prefix(tenant.tenant_id, kb_id, document_id)), body)
    return accepted(document_id, language, status)


def _new_document(
    tenant_id: UUID, kb_id: UUID, filename: str, size_bytes: int, metadata: dict[str, Any], sha256: bytes | None
) -> documents.Row:
    return {
        "id": new_id(),
        "tenant_id": tenant_id,
        "kb_id": kb_id,
        "filename": filename,
        "size_bytes": size_bytes,
        "metadata": metadata,
        "sha256": sha256,
    }


def announce_upload(tenant: TenantDatabase, content: ContentStore, kb_id: UUID, new: NewDirectUpload) -> DirectUpload:
    """KB-7: a form to send a large file straight to storage with; the object's arrival starts the pipeline."""
    name = clean_filename(new.filename)
    if not new.size_bytes:
        raise EmptyFileError
    if new.size_bytes > MAX_UPLOAD_BYTES:
        raise PayloadTooLargeError(details={"max_bytes": MAX_UPLOAD_BYTES})
    parse_metadata(json.dumps(new.metadata))
    digest = bytes.fromhex(new.sha256) if new.sha256 else None
    document = _new_document(tenant.tenant_id, kb_id, name, new.size_bytes, new.metadata, digest)
    with tenant.transaction() as conn:
        base_facts(conn, tenant_id=tenant.tenant_id, base_ids=[kb_id])
        document_id, _ = documents.announce_document(conn, document)
    key = source_key(document_prefix(tenant.tenant_id, kb_id, document_id))
    form = content.upload_form(key, size_bytes=new.size_bytes, expires_in=UPLOAD_FORM_LIFE_S)
    return DirectUpload(
        document_id=document_id, upload_url=form["url"], fields=form["fields"], expires_in=UPLOAD_FORM_LIFE_S
    )


def document_status(row: documents.Row, language: Language) -> DocumentStatus:
    return DocumentStatus(
        document_id=row["id"],
        status=row["status"],
        chunk_count=row["chunk_count"],
        vector_count=row["vector_count"],
        processing_time=show_duration(row["seconds"]),
        error=_problem_of(row, language),
    )


def show_duration(seconds: float) -> str:
    """As in "45s", "2m15s", "1h2m3s"; under a second it is "0s"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "m"), (rest, "s")]
    shown = [f"{number}{unit}" for number, unit in parts if number]
    return "".join(shown) or "0s"


def document_view(row: documents.Row, language: Language) -> Document:
    counted = row["pages_total"] is not None
    return Document(
        knowledge_base_id=row["kb_id"],
        coverage=Coverage.model_validate(row) if counted else None,
        warnings=[_problem(code, language) for code in row["warnings"]],
        error=_problem_of(row, language),
        **{name: row[name] for name in _COPIED},
    )


_COPIED = (
    "id", "filename", "size_bytes", "metadata", "status", "stage", "chunk_count", "vector_count", "created_at",
)  # fmt: skip


def _problem_of(row: documents.Row, language: Language) -> Problem | None:
    if row["status"] != "failed":
        return None
    return _problem(row["error_code"] or "upload_incomplete", language, row["error_details"])


def _problem(code: str, language: Language, details: dict[str, Any] | None = None) -> Problem:
    return Problem(code=code, message=message_for(code, language, details))


def retry_document(tenant: TenantDatabase, document_id: UUID, *, content: ContentStore, state_machine_arn: str) -> None:
    """A new attempt that starts at the failed step; DocumentNotRetryableError for a document that did not fail."""
    _restart(tenant, document_id, ("failed",), content=content, state_machine_arn=state_machine_arn)


def reindex_document(
    tenant: TenantDatabase, document_id: UUID, *, content: ContentStore, state_machine_arn: str
) -> None:
    """Parse, chunk, embed and index again from the kept file; the old chunks answer until the new ones are there."""
    _restart(tenant, document_id, ("failed", "indexed"), content=content, state_machine_arn=state_machine_arn)


def _restart(
    tenant: TenantDatabase,
    document_id: UUID,
    allowed: tuple[str, ...],
    *,
    content: ContentStore,
    state_machine_arn: str,
) -> None:
    with tenant.transaction() as conn:
        shown = documents.get_document(conn, document_id, tenant_id=tenant.tenant_id)
        row = ingestion_store.current_attempt(conn, document_id, tenant_id=tenant.tenant_id)
        if row is None or shown["status"] not in allowed:
            raise DocumentNotRetryableError
        prefix = document_prefix(tenant.tenant_id, row["kb_id"], document_id)
        if not content.exists(source_key(prefix)):
            raise DocumentNotRetryableError(details={"reason": "upload_incomplete"})
        resume = _resume_point(row, prefix, content)
        next_attempt(conn, row, tenant.tenant_id, document_id, state_machine_arn=state_machine_arn, resume_from=resume)


def _resume_point(row: dict[str, Any], prefix: str, content: ContentStore) -> str:
    """Parsing is skipped when a later step failed and its result is still there; vectors are found by their key."""
    parsed = row["status"] == "failed" and row["stage"] not in ("awaiting_upload", "queued", "parsing")
    return "ChunkDocument" if parsed and content.exists(f"{prefix}parsed.jsonl") else "ParseDocument"


def delete_document(tenant: TenantDatabase, document_id: UUID, *, purge_queue_url: str) -> None:
    """KB-9: out of every answer before this returns; objects and the row follow through the purge queue.

    Deleting again is harmless and queues the clean-up once more, so a call that died half-way can be repeated.
    """
    from voicehelper.index.pgvector.write import delete_document_chunks

    with tenant.transaction() as conn:
        kb_id = ingestion_store.mark_deleting(conn, document_id, tenant_id=tenant.tenant_id)
        if kb_id is None:
            raise documents.DocumentNotFoundError
        delete_document_chunks(conn, tenant_id=tenant.tenant_id, kb_id=kb_id, document_id=document_id)
        _revise(conn, tenant.tenant_id, kb_id)
    _queue_purge(purge_queue_url, tenant_id=tenant.tenant_id, kb_id=kb_id, document_id=document_id)


def _revise(conn: Connection, tenant_id: UUID, kb_id: UUID) -> None:
    conn.execute(
        "UPDATE knowledge_base SET revision = revision + 1 WHERE id = %s AND tenant_id = %s", (kb_id, tenant_id)
    )


def delete_base(tenant: TenantDatabase, kb_id: UUID, *, purge_queue_url: str) -> None:
    """The base answers nothing from here on; its documents, chunks and objects follow through the purge queue."""
    with tenant.transaction() as conn:
        store.mark_base_deleting(conn, kb_id, tenant_id=tenant.tenant_id)
    _queue_purge(purge_queue_url, tenant_id=tenant.tenant_id, kb_id=kb_id, document_id=None)


def _queue_purge(queue_url: str, *, tenant_id: UUID, kb_id: UUID, document_id: UUID | None) -> None:
    """Now, and once more when every step that was running has ended: it may write an object after the first time."""
    ids = {"tenant_id": str(tenant_id), "kb_id": str(kb_id), "document_id": str(document_id) if document_id else None}
    body = json.dumps(ids)
    for delay_s in (0, _LONGEST_STEP_S):
        aws_call("sqs", "SendMessage", {"QueueUrl": queue_url, "MessageBody": body, "DelaySeconds": delay_s})


_LONGEST_STEP_S = 600  # above the time-out of any pipeline function; a queue delays by 900 s at most


def reindex_base(tenant: TenantDatabase, kb_id: UUID, *, model: str, upload_queue_url: str) -> RestartAccepted:
    """Build the base again with another embedding model. Old vectors go at once, so two models never mix;

    until the new ones are there BM25 alone answers.
    """
    with tenant.transaction() as conn:
        store.adopt_model(conn, kb_id, tenant_id=tenant.tenant_id, model=model)
        queued = ingestion_store.queue_read_documents(conn, kb_id, tenant_id=tenant.tenant_id)
        restart.announce_before_commit(upload_queue_url, tenant_id=tenant.tenant_id, kb_id=kb_id)
    restart.announce(upload_queue_url, tenant_id=tenant.tenant_id, kb_id=kb_id)
    return RestartAccepted(knowledge_base_id=kb_id, embedding_model=model, documents=queued)


def retry_base(tenant: TenantDatabase, kb_id: UUID, *, upload_queue_url: str) -> RestartAccepted:
    """Every document of the base that failed for a reason that may have passed, from the step that failed."""
    with tenant.transaction() as conn:
        facts = base_facts(conn, tenant_id=tenant.tenant_id, base_ids=[kb_id])
        queued = ingestion_store.queue_failed_documents(conn, kb_id, tenant_id=tenant.tenant_id)
        restart.announce_before_commit(upload_queue_url, tenant_id=tenant.tenant_id, kb_id=kb_id)
    restart.announce(upload_queue_url, tenant_id=tenant.tenant_id, kb_id=kb_id)
    return RestartAccepted(knowledge_base_id=kb_id, embedding_model=facts[0]["embedding_model"], documents=queued)
