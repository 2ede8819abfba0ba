"""The pipeline's statements on documents; ``attempts``, ``steps`` and ``failures`` call them.

Steps filter by attempt: an obsolete one (deleted document, newer attempt) changes nothing and ends in SupersededError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.errors import SupersededError, VoiceHelperError
from voicehelper.identity.usage import CHARGE_DOCUMENTS
from voicehelper.index.protocol import IndexCounts
from voicehelper.ingestion.events import IngestionEvent, ParsedFile
from voicehelper.shapes.document_ref import DocumentRef


class CountMismatchError(VoiceHelperError):
    """The number of chunks and vectors differs, so the document must not be shown as indexed."""


@dataclass(frozen=True, slots=True)
class ClaimedDocument:
    """The fields of a document that steps need."""

    metadata: dict[str, Any]
    embedding_model: str
    is_superseded: bool


_CLAIM: Final = """
    UPDATE document AS d SET status = 'processing', attempt = %(attempt)s, stage = %(stage)s, error_code = NULL,
           finished_at = NULL, started_at = CASE WHEN d.attempt < %(attempt)s THEN now() ELSE d.started_at END
      FROM knowledge_base AS b
     WHERE b.id = d.kb_id AND d.tenant_id = %(tenant_id)s AND d.id = %(id)s AND d.status <> 'deleting'
       AND (d.attempt < %(attempt)s OR (d.attempt = %(attempt)s AND d.status = 'processing'))
    RETURNING d.metadata, b.embedding_model, d.superseded_by IS NOT NULL AS is_superseded
"""


def claim(tx: Transaction, event: IngestionEvent, *, stage: str) -> ClaimedDocument:
    """Enter a stage and lock the row until the transaction ends; SupersededError for an obsolete attempt."""
    if row := tx.one(ClaimedDocument, _CLAIM, id=event.document_id, attempt=event.attempt, stage=stage):
        return row
    raise SupersededError(f"{event.execution_name} is superseded")


# A digest belongs to the document that answers with these bytes; the version of before keeps its file without it.
_RELEASE_DIGEST: Final = """
    UPDATE document SET sha256 = NULL
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND sha256 = %(sha256)s AND superseded_by IS NOT NULL
"""


def release_digest(tx: Transaction, kb_id: UUID, sha256: bytes) -> None:
    """Bytes of a superseded version may come again, as a version of their own."""
    tx.run(_RELEASE_DIGEST, kb_id=kb_id, sha256=sha256)


# Bytes that another document of the base has already are no document of their own.
_RECORD_PARSED: Final = """
    UPDATE document AS d SET sha256 = %(sha256)s, size_bytes = %(size_bytes)s, pages_total = %(pages_total)s,
           pages_with_text = %(pages_with_text)s, pages_recognised = %(pages_recognised)s,
           characters = %(characters)s, warnings = %(warnings)s
     WHERE d.tenant_id = %(tenant_id)s AND d.id = %(id)s AND d.attempt = %(attempt)s AND NOT EXISTS (
       SELECT FROM document AS o
        WHERE o.kb_id = d.kb_id AND o.sha256 = %(sha256)s AND o.id <> d.id AND o.status <> 'deleting')
"""


def record_parsed(tx: Transaction, event: IngestionEvent, found: ParsedFile) -> bool:
    """Store what parsing found, and the digest; False if the base has another document with these bytes."""
    values = found.model_dump() | {"sha256": bytes.fromhex(found.sha256)}
    release_digest(tx, event.kb_id, values["sha256"])
    return tx.run(_RECORD_PARSED, id=event.document_id, attempt=event.attempt, **values) > 0


_SET_FITNESS: Final = """
    UPDATE document SET vector_found = %(found)s, vector_tried = %(tried)s
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s
"""
# Twenty sentences are enough: a suitable embedding finds nine of ten, chance one of four.
_SWITCH_VECTOR_LEG: Final = """
    UPDATE knowledge_base AS b SET vector_leg = seen.fit
      FROM (SELECT sum(vector_found) >= 0.5 * sum(vector_tried) AS fit, sum(vector_tried) AS tried FROM document
             WHERE kb_id = %(kb_id)s AND tenant_id = %(tenant_id)s AND status <> 'deleting' AND superseded_by IS NULL
           ) AS seen
     WHERE b.id = %(kb_id)s AND b.tenant_id = %(tenant_id)s AND seen.tried >= 20
       AND b.vector_leg IS DISTINCT FROM seen.fit
"""


def set_fitness(tx: Transaction, event: IngestionEvent, *, found: int, tried: int) -> None:
    """Record the document's self-check, and let the base's documents together decide on its vector leg."""
    tx.run(_SET_FITNESS, id=event.document_id, attempt=event.attempt, found=found, tried=tried)
    tx.run(_SWITCH_VECTOR_LEG, kb_id=event.kb_id)


_FINISH: Final = f"""
    WITH done AS (
      UPDATE document SET status = 'indexed', stage = 'finished', finished_at = now(),
             chunk_count = %(chunks)s, vector_count = %(vectors)s
       WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s AND status = 'processing'
      RETURNING *),
    charged AS ({CHARGE_DOCUMENTS}) SELECT count(*) FROM done
"""  # noqa: S608  (a constant)


def finish(tx: Transaction, event: IngestionEvent, counts: IndexCounts) -> None:
    """Mark the document as indexed. ``counts`` are read from the index, not reported by the steps.

    CountMismatchError if chunks or vectors are missing.
    """
    complete = counts.chunks > 0 and counts.chunks == counts.vectors
    values = {"id": event.document_id, "attempt": event.attempt, "chunks": counts.chunks, "vectors": counts.vectors}
    if not complete or not tx.count(_FINISH, **values):
        raise CountMismatchError(f"{event.execution_name}: {counts.chunks} chunks, {counts.vectors} vectors")


_FAIL: Final = """
    UPDATE document SET status = 'failed', error_code = %(code)s, error_details = %(details)s, finished_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s AND status = 'processing'
"""


def fail(tx: Transaction, event: IngestionEvent, *, code: str) -> None:
    """Fail the attempt; does nothing if it has already ended."""
    tx.run(_FAIL, id=event.document_id, attempt=event.attempt, code=code, details=Jsonb({}))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A document's newest attempt. ``source_attempt`` is the one for which its kept file was uploaded."""

    tenant_id: UUID
    kb_id: UUID
    document_id: UUID
    attempt: int
    source_attempt: int
    filename: str
    sha256: str
    status: str
    stage: str
    is_superseded: bool = False

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.tenant_id, self.kb_id, self.document_id)

    @property
    def source_key(self) -> str:
        return self.ref.source_key(self.source_attempt)

    def reads(self, source_attempt: int) -> bool:
        """Whether a file uploaded for that attempt is the one this attempt waits for, or works on."""
        waits = self.stage == "awaiting_upload"
        return source_attempt == (self.attempt if waits else self.source_attempt)

    def event(self, *, later: int = 0, resume_from: str = "ParseDocument") -> IngestionEvent:
        """Of this attempt, or of one so many ``later``."""
        return IngestionEvent(
            tenant_id=self.tenant_id,
            kb_id=self.kb_id,
            document_id=self.document_id,
            attempt=self.attempt + later,
            resume_from=resume_from,
            source_attempt=self.source_attempt,
            filename=self.filename,
            sha256=self.sha256,
        )


_CURRENT: Final = """
    SELECT tenant_id, kb_id, id AS document_id, attempt, source_attempt, filename, status, stage,
           coalesce(encode(sha256, 'hex'), '') AS sha256, superseded_by IS NOT NULL AS is_superseded
      FROM document
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status <> 'deleting' FOR UPDATE
"""


def current_attempt(tx: Transaction, document_id: UUID) -> Attempt | None:
    """Locked until the transaction ends; None for an unknown document."""
    return tx.one(Attempt, _CURRENT, id=document_id)


_QUEUE_FILE: Final = """
    UPDATE document SET source_attempt = %(attempt)s, stage = 'queued', resume_from = 'ParseDocument'
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""


def queue_file(tx: Transaction, current: Attempt) -> Attempt:
    """The file of the current attempt has arrived, and is the document's from now on."""
    tx.run(_QUEUE_FILE, id=current.document_id, attempt=current.attempt)
    return replace(current, source_attempt=current.attempt, stage="queued")


_BEGIN: Final = """
    UPDATE document SET status = 'processing', stage = %(stage)s, error_code = NULL, started_at = now(),
           finished_at = NULL, vector_found = 0, vector_tried = 0, attempt = %(attempt)s, resume_from = %(resume_from)s
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""


def begin_attempt(tx: Transaction, event: IngestionEvent) -> None:
    """Of an execution that runs. Parsing, which writes no row, is shown from the start."""
    _write_attempt(tx, event, stage="parsing" if event.resume_from == "ParseDocument" else "queued")


def queue_attempt(tx: Transaction, event: IngestionEvent) -> None:
    _write_attempt(tx, event, stage="queued")


def _write_attempt(tx: Transaction, event: IngestionEvent, *, stage: str) -> None:
    tx.run(_BEGIN, id=event.document_id, attempt=event.attempt, resume_from=event.resume_from, stage=stage)


# Documents whose text has been parsed; the others would fail again as before.
_QUEUE_PARSED: Final = """
    UPDATE document SET status = 'processing', stage = 'queued', error_code = NULL, started_at = now(),
           finished_at = NULL, vector_found = 0, vector_tried = 0, attempt = attempt + 1, resume_from = 'ChunkDocument'
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status <> 'deleting' AND characters > 0
       AND superseded_by IS NULL
"""
# Transient reasons only. Attempts beyond their longest life (knowledge/store.py) are shown as failed, and retried, too.
_QUEUE_FAILED: Final = """
    UPDATE document SET status = 'processing', stage = 'queued', error_code = NULL, started_at = now(),
           finished_at = NULL, vector_found = 0, vector_tried = 0, attempt = attempt + 1,
           resume_from = CASE WHEN characters > 0 THEN 'ChunkDocument' ELSE 'ParseDocument' END
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND superseded_by IS NULL
       AND (status = 'failed' AND error_code IN ('internal', 'timed_out', 'upstream_unavailable', 'storage_full')
            OR status = 'processing' AND stage <> 'awaiting_upload' AND started_at < now() - interval '135 minutes')
"""


def queue_parsed_documents(tx: Transaction, kb_id: UUID) -> int:
    """Queue the base's parsed documents for chunking, embedding and indexing; returns their number."""
    return tx.run(_QUEUE_PARSED, kb_id=kb_id)


def queue_failed_documents(tx: Transaction, kb_id: UUID) -> int:
    """Queue the base's failed documents for a retry from the step that failed; returns their number."""
    return tx.run(_QUEUE_FAILED, kb_id=kb_id)


_QUEUED_ATTEMPTS: Final = """
    SELECT d.tenant_id, d.kb_id, d.id AS document_id, d.attempt, d.resume_from, d.source_attempt, d.filename,
           coalesce(encode(d.sha256, 'hex'), '') AS sha256
      FROM document AS d
     WHERE d.tenant_id = %(tenant_id)s AND d.kb_id = %(kb_id)s AND d.status = 'processing' AND d.stage = 'queued'
       AND NOT EXISTS (SELECT FROM running_attempt AS r WHERE r.document_id = d.id AND r.attempt = d.attempt)
     ORDER BY d.id LIMIT %(limit)s
"""


def queued_attempts(tx: Transaction, kb_id: UUID, *, limit: int) -> list[IngestionEvent]:
    """Queued attempts that do not run yet, in the order of their ids."""
    return tx.all(IngestionEvent, _QUEUED_ATTEMPTS, kb_id=kb_id, limit=limit)


# Versions of a file are locked from the newest down, as everywhere.
_SHOW_STARTED: Final = """
    WITH started AS (
      SELECT id FROM document WHERE tenant_id = %(tenant_id)s AND id = ANY(%(ids)s) AND stage = 'queued'
       ORDER BY version DESC, id DESC FOR NO KEY UPDATE)
    UPDATE document AS d
       SET stage = CASE resume_from WHEN 'ParseDocument' THEN 'parsing' ELSE stage END, started_at = now()
      FROM started WHERE d.id = started.id AND d.tenant_id = %(tenant_id)s
"""


def show_started(tx: Transaction, started: Sequence[IngestionEvent]) -> None:
    """Queued attempts have been started; their time begins.

    Those that begin with parsing, which writes no row, are shown in it.
    """
    tx.run(_SHOW_STARTED, ids=[event.document_id for event in started])


_FAIL_QUEUED: Final = """
    UPDATE document SET status = 'failed', error_code = 'internal', finished_at = now()
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status = 'processing' AND stage = 'queued'
"""


def fail_queued(tx: Transaction, kb_id: UUID) -> None:
    """Fail queued documents whose start message was lost, so users can retry them."""
    tx.run(_FAIL_QUEUED, kb_id=kb_id)


_DELETE: Final = "DELETE FROM document WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'deleting'"


def delete_row(tx: Transaction, document_id: UUID) -> None:
    tx.run(_DELETE, id=document_id)
