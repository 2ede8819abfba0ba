"""Knowledge bases and documents in PostgreSQL, for the API. The pipeline's statements are in ``ingestion/store.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from psycopg import errors as pg_errors
from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.errors import ConflictError, NotFoundError
from voicehelper.index.bases import KnowledgeBaseNotFoundError, touch_base
from voicehelper.index.rights import see_new_base
from voicehelper.ingestion.store import release_digest
from voicehelper.knowledge.models import KnowledgeBase, KnowledgeBaseDetails, NewKnowledgeBase
from voicehelper.shapes.document_ref import DocumentRef

Status = Literal["processing", "indexed", "failed"]


class KnowledgeBaseNameTakenError(ConflictError):
    code = "KNOWLEDGE_BASE_NAME_TAKEN"


class DocumentNotFoundError(NotFoundError):
    code = "DOCUMENT_NOT_FOUND"


_INSERT_BASE: Final = """
    INSERT INTO knowledge_base (id, tenant_id, name, display_name, description, embedding_model, created_by)
    VALUES (%(id)s, %(tenant_id)s, %(name)s, %(display_name)s, %(description)s, %(embedding_model)s, %(created_by)s)
    RETURNING id, name, status
"""


def insert_base(tx: Transaction, kb_id: UUID, new: NewKnowledgeBase, *, embedding_model: str) -> KnowledgeBase:
    """The viewer of the transaction manages it from now on."""
    see_new_base(tx, kb_id)
    values = new.model_dump() | {"embedding_model": embedding_model, "created_by": tx.viewer and tx.viewer.user_id}
    try:
        return tx.all(KnowledgeBase, _INSERT_BASE, id=kb_id, **values)[0]
    except pg_errors.UniqueViolation as error:
        raise KnowledgeBaseNameTakenError(new.name) from error


_BASES: Final = """
    SELECT b.id, b.name, b.status, b.display_name, b.description, b.embedding_model, b.created_at,
           count(d.id)::int AS document_count, coalesce(sum(d.chunk_count), 0)::int AS chunk_count
      FROM knowledge_base AS b
      LEFT JOIN document AS d ON d.kb_id = b.id AND d.tenant_id = b.tenant_id AND d.status <> 'deleting'
                              AND d.superseded_by IS NULL
     WHERE b.tenant_id = %(tenant_id)s AND b.status = 'active' AND (%(id)s::uuid IS NULL OR b.id = %(id)s)
     GROUP BY b.id
     ORDER BY b.created_at DESC, b.id DESC
     LIMIT %(limit)s OFFSET %(offset)s
"""


def get_base(tx: Transaction, kb_id: UUID) -> KnowledgeBaseDetails:
    if base := tx.one(KnowledgeBaseDetails, _BASES, id=kb_id, limit=1, offset=0):
        return base
    raise KnowledgeBaseNotFoundError


def list_bases(tx: Transaction, *, limit: int, offset: int) -> list[KnowledgeBaseDetails]:
    """Newest first."""
    return tx.all(KnowledgeBaseDetails, _BASES, id=None, limit=limit, offset=offset)


_COUNT_BASES: Final = "SELECT count(*) FROM knowledge_base WHERE tenant_id = %(tenant_id)s AND status = 'active'"


def count_bases(tx: Transaction) -> int:
    return tx.count(_COUNT_BASES)


_MARK_BASE_DELETING: Final = """
    UPDATE knowledge_base SET status = 'deleting' WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""


def mark_base_deleting(tx: Transaction, kb_id: UUID) -> None:
    """Remove the base from lists and search; idempotent."""
    if not tx.run(_MARK_BASE_DELETING, id=kb_id):
        raise KnowledgeBaseNotFoundError
    touch_base(tx, kb_id)


_DELETE_BASE: Final = (
    "DELETE FROM knowledge_base WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'deleting'"
)


def delete_base_row(tx: Transaction, kb_id: UUID) -> None:
    tx.run(_DELETE_BASE, id=kb_id)


_ADOPT_MODEL: Final = """
    UPDATE knowledge_base SET embedding_model = %(model)s, vector_leg = NULL
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'active'
"""


def adopt_model(tx: Transaction, kb_id: UUID, *, model: str) -> None:
    """Store the embedding model that the base is rebuilt with."""
    if not tx.run(_ADOPT_MODEL, id=kb_id, model=model):
        raise KnowledgeBaseNotFoundError


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document for the API. ``seconds`` is the duration of its current attempt so far."""

    id: UUID
    kb_id: UUID
    filename: str
    size_bytes: int
    metadata: dict[str, Any]
    status: Status
    stage: str
    source_attempt: int
    error_code: str | None
    error_details: dict[str, Any] | None
    warnings: list[str]
    pages_total: int | None
    pages_with_text: int | None
    pages_recognised: list[int]
    characters: int | None
    chunk_count: int
    vector_count: int
    version: int
    superseded_by: UUID | None
    created_at: datetime
    seconds: float


# An upload that has not arrived an hour after its announcement is reported as failed, and so is an attempt beyond its
# longest life: an hour until its upload came, an hour of its execution, and a margin. Whatever event should have ended
# it was lost. One that waits for its turn is looked after every two minutes (ingestion/attempts.py). Computed on read,
# since a scheduled job would keep an idle database from pausing.
_STATUS: Final = """
    CASE WHEN d.status = 'processing' AND d.started_at < now() -
              CASE d.stage WHEN 'awaiting_upload' THEN interval '1 hour' ELSE interval '135 minutes' END
          AND NOT (d.stage = 'queued' AND EXISTS (
              SELECT FROM waiting_base AS w WHERE w.kb_id = d.kb_id AND w.since > now() - interval '15 minutes'))
         THEN 'failed'
         ELSE d.status END
"""
_DOCUMENT: Final = f"""
    SELECT d.id, d.kb_id, d.filename, d.size_bytes, d.metadata, d.stage, d.source_attempt, d.error_details, d.warnings,
           d.pages_total, d.pages_with_text, d.pages_recognised, d.characters, d.chunk_count, d.vector_count, d.version,
           d.superseded_by,
           d.created_at,
           {_STATUS} AS status,
           CASE WHEN d.status = 'processing' AND d.stage <> 'awaiting_upload' THEN 'timed_out'
                ELSE d.error_code END AS error_code,
           extract(epoch FROM coalesce(d.finished_at, now()) - d.started_at)::float8 AS seconds
      FROM document AS d
      JOIN knowledge_base AS b ON b.id = d.kb_id AND b.status = 'active'
     WHERE d.tenant_id = %(tenant_id)s AND d.status <> 'deleting'
"""  # noqa: S608  (_STATUS is a constant)
_GET_DOCUMENT: Final = f"{_DOCUMENT} AND d.id = %(id)s"


def get_document(tx: Transaction, document_id: UUID) -> DocumentRow:
    if row := tx.one(DocumentRow, _GET_DOCUMENT, id=document_id):
        return row
    raise DocumentNotFoundError


_LIST_DOCUMENTS: Final = f"""{_DOCUMENT} AND d.kb_id = %(kb_id)s AND d.superseded_by IS NULL
     ORDER BY d.created_at DESC, d.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT_DOCUMENTS: Final = """
    SELECT count(*) FROM document
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status <> 'deleting' AND superseded_by IS NULL
"""


def list_documents(tx: Transaction, kb_id: UUID, *, limit: int, offset: int) -> list[DocumentRow]:
    """Newest first, without superseded versions."""
    return tx.all(DocumentRow, _LIST_DOCUMENTS, kb_id=kb_id, limit=limit, offset=offset)


def count_documents(tx: Transaction, kb_id: UUID) -> int:
    return tx.count(_COUNT_DOCUMENTS, kb_id=kb_id)


_LIST_VERSIONS: Final = f"""{_DOCUMENT} AND d.kb_id = %(kb_id)s AND d.filename = %(filename)s
     ORDER BY d.version DESC, d.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT_VERSIONS: Final = """
    SELECT count(*) FROM document
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND filename = %(filename)s AND status <> 'deleting'
"""


def list_versions(tx: Transaction, of: DocumentRow, *, limit: int, offset: int) -> list[DocumentRow]:
    """All documents of the file's name in its base, the newest version first."""
    return tx.all(DocumentRow, _LIST_VERSIONS, kb_id=of.kb_id, filename=of.filename, limit=limit, offset=offset)


def count_versions(tx: Transaction, of: DocumentRow) -> int:
    return tx.count(_COUNT_VERSIONS, kb_id=of.kb_id, filename=of.filename)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """``sha256`` is None for a direct upload that named no digest."""

    ref: DocumentRef
    filename: str
    size_bytes: int
    metadata: dict[str, Any]
    sha256: bytes | None


@dataclass(frozen=True, slots=True)
class AnnouncedDocument:
    """The document of an upload, new or known. Its file is still awaited if ``stage`` says so."""

    id: UUID
    attempt: int
    status: Status
    stage: str
    is_superseded: bool = False

    @property
    def awaits_file(self) -> bool:
        return self.status == "processing" and self.stage == "awaiting_upload"


# The same bytes in one base are one document: a second upload returns the first, as the newest version of its name.
_UPSERT: Final = f"""
    INSERT INTO document AS d (id, tenant_id, kb_id, filename, size_bytes, sha256, metadata, stage, version,
                               uploaded_by, uploaded_with)
    SELECT %(id)s, %(tenant_id)s, %(kb_id)s, %(filename)s, %(size_bytes)s, %(sha256)s, %(metadata)s, 'awaiting_upload',
           coalesce(max(o.version), 0) + 1, %(uploaded_by)s, %(uploaded_with)s
      FROM document AS o WHERE o.tenant_id = %(tenant_id)s AND o.kb_id = %(kb_id)s AND o.filename = %(filename)s
    ON CONFLICT (kb_id, sha256) WHERE status <> 'deleting' DO UPDATE SET version =
           CASE WHEN d.filename = excluded.filename AND d.version < excluded.version - 1 THEN excluded.version
                ELSE d.version END
    RETURNING id, attempt, {_STATUS} AS status, stage, superseded_by IS NOT NULL AS is_superseded
"""  # noqa: S608  (_STATUS is a constant)
_AWAIT_AGAIN: Final = """
    UPDATE document SET attempt = attempt + 1, status = 'processing', stage = 'awaiting_upload', started_at = now(),
           finished_at = NULL
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s
    RETURNING id, attempt, status, stage
"""


def announce_document(tx: Transaction, new: NewDocument) -> AnnouncedDocument:
    """Insert the document; if the base has one with the same digest, that one is returned.

    A failed one awaits its file again, in an attempt of its own. Bytes of a superseded version are a new version.
    """
    if new.sha256:
        release_digest(tx, new.ref.kb_id, new.sha256)
    values = {"id": new.ref.document_id, "kb_id": new.ref.kb_id, "filename": new.filename}
    (document,) = tx.all(
        AnnouncedDocument,
        _UPSERT,
        **values,
        size_bytes=new.size_bytes,
        sha256=new.sha256,
        metadata=Jsonb(new.metadata),
        uploaded_by=tx.viewer and tx.viewer.user_id,
        uploaded_with=tx.viewer and tx.viewer.key_id,
    )
    if document.is_superseded:  # by a version that was indexed between the two statements
        return announce_document(tx, new)
    return tx.all(AnnouncedDocument, _AWAIT_AGAIN, id=document.id)[0] if document.status == "failed" else document
