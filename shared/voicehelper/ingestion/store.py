"""What the pipeline reads and writes of a document.

Every statement names the attempt: an execution that was overtaken (deleted document, newer attempt)
changes nothing and ends with SupersededError.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Connection
from voicehelper.errors import SupersededError, VoiceHelperError
from voicehelper.ingestion.events import IngestionEvent


class CountMismatchError(VoiceHelperError):
    """Chunks and vectors differ in number at the end: never shown as indexed."""


def _values(event: IngestionEvent, **more: object) -> dict[str, Any]:
    return {"tenant_id": event.tenant_id, "id": event.document_id, "attempt": event.attempt, **more}


_CLAIM = """
    UPDATE document AS d SET status = 'processing', attempt = %(attempt)s, stage = %(stage)s, error_code = NULL,
           finished_at = NULL, started_at = CASE WHEN d.attempt < %(attempt)s THEN now() ELSE d.started_at END
      FROM knowledge_base AS b
     WHERE b.id = d.kb_id AND d.tenant_id = %(tenant_id)s AND d.id = %(id)s AND d.status <> 'deleting'
       AND (d.attempt < %(attempt)s OR (d.attempt = %(attempt)s AND d.status = 'processing'))
    RETURNING d.filename, d.metadata, d.sha256, b.embedding_model
"""


def claim(conn: Connection, event: IngestionEvent, *, stage: str) -> dict[str, Any]:
    """Enter a stage; the row a step works from. Also takes the row's lock until the transaction ends."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_CLAIM, _values(event, stage=stage)).fetchone()
    if row is None:
        raise SupersededError(f"{event.execution_name} was overtaken")
    return row


_SET_DIGEST = """
    UPDATE document AS d SET sha256 = %(sha256)s, size_bytes = %(size_bytes)s
     WHERE d.tenant_id = %(tenant_id)s AND d.id = %(id)s AND NOT EXISTS (
       SELECT FROM document AS o
        WHERE o.kb_id = d.kb_id AND o.sha256 = %(sha256)s AND o.id <> d.id AND o.status <> 'deleting')
    RETURNING d.id
"""


def set_digest(conn: Connection, event: IngestionEvent, *, sha256: bytes, size_bytes: int) -> bool:
    """Whether these bytes are new in the base; they are compared here when the upload named no digest."""
    return conn.execute(_SET_DIGEST, _values(event, sha256=sha256, size_bytes=size_bytes)).fetchone() is not None


_SET_COVERAGE = """
    UPDATE document SET pages_total = %(pages_total)s, pages_with_text = %(pages_with_text)s,
           characters = %(characters)s, warnings = %(warnings)s
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s
"""


def set_coverage(conn: Connection, event: IngestionEvent, **coverage: object) -> None:
    conn.execute(_SET_COVERAGE, _values(event, **coverage))


_SET_FITNESS = """
    UPDATE document SET vector_found = %(found)s, vector_tried = %(tried)s
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s
"""
# Twenty sentences say enough: a fit embedding finds nine of ten, chance one of four.
_SWITCH_VECTOR_LEG = """
    UPDATE knowledge_base AS b SET vector_leg = seen.fit
      FROM (SELECT sum(vector_found) >= 0.5 * sum(vector_tried) AS fit, sum(vector_tried) AS tried FROM document
             WHERE kb_id = %(kb_id)s AND tenant_id = %(tenant_id)s AND status <> 'deleting') AS seen
     WHERE b.id = %(kb_id)s AND b.tenant_id = %(tenant_id)s AND seen.tried >= 20
       AND b.vector_leg IS DISTINCT FROM seen.fit
"""


def set_fitness(conn: Connection, event: IngestionEvent, *, found: int, tried: int) -> None:
    """Keep the document's self-check, and let the base's documents together decide on its vector leg."""
    conn.execute(_SET_FITNESS, _values(event, found=found, tried=tried))
    conn.execute(_SWITCH_VECTOR_LEG, {"kb_id": event.kb_id, "tenant_id": event.tenant_id})


# The counts are read from the index itself (KB-4): what the steps said they wrote does not matter here.
_FINISH = """
    WITH counted AS (
      SELECT (SELECT count(*) FROM chunk WHERE document_id = %(id)s AND tenant_id = %(tenant_id)s) AS chunks,
             (SELECT count(*) FROM chunk_vec AS v JOIN chunk AS c ON c.id = v.chunk_id
               WHERE c.document_id = %(id)s AND c.tenant_id = %(tenant_id)s) AS vectors)
    UPDATE document SET status = 'indexed', stage = 'finished', finished_at = now(),
           chunk_count = counted.chunks, vector_count = counted.vectors
      FROM counted
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s AND status = 'processing'
       AND counted.chunks = counted.vectors AND counted.chunks > 0
    RETURNING chunk_count, vector_count
"""

_TOUCH_BASE = "UPDATE knowledge_base SET revision = revision + 1 WHERE id = %(kb_id)s AND tenant_id = %(tenant_id)s"


def finish(conn: Connection, event: IngestionEvent) -> tuple[int, int]:
    """(chunks, vectors) of the finished document; CountMismatchError rather than a document with holes."""
    claim(conn, event, stage="finishing")
    row = conn.execute(_FINISH, _values(event)).fetchone()
    if row is None:
        raise CountMismatchError(f"{event.execution_name}: chunks and vectors differ")
    touch_base(conn, event)
    return int(str(row[0])), int(str(row[1]))


def touch_base(conn: Connection, event: IngestionEvent) -> None:
    """What can be found has changed: cached answers of the base are void."""
    conn.execute(_TOUCH_BASE, {"kb_id": event.kb_id, "tenant_id": event.tenant_id})


_FAIL = """
    UPDATE document SET status = 'failed', error_code = %(code)s, error_details = %(details)s, finished_at = now()
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s AND status = 'processing'
"""


def fail(conn: Connection, event: IngestionEvent, *, code: str, details: dict[str, Any]) -> None:
    """End the attempt; nothing happens where it has ended already."""
    conn.execute(_FAIL, _values(event, code=code, details=Jsonb(details)))


_CURRENT = """
    SELECT kb_id, attempt, status, stage FROM document
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status <> 'deleting' FOR UPDATE
"""


def current_attempt(conn: Connection, document_id: UUID, *, tenant_id: UUID) -> dict[str, Any] | None:
    """The row a new attempt starts from, locked until the transaction ends; None for an unknown document."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_CURRENT, {"tenant_id": tenant_id, "id": document_id}).fetchone()


_QUEUED = """
    status = 'processing', stage = 'queued', error_code = NULL, started_at = now(), finished_at = NULL,
    vector_found = 0, vector_tried = 0
"""
_QUEUE = f"""
    UPDATE document SET {_QUEUED}, attempt = %(attempt)s, resume_from = %(resume_from)s
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""  # noqa: S608 - constants of this file, here and below


def queue_attempt(conn: Connection, event: IngestionEvent) -> None:
    conn.execute(_QUEUE.encode(), _values(event, resume_from=event.resume_from))


# Documents whose text has been read; the others would end as they did before.
_QUEUE_READ = f"""
    UPDATE document SET {_QUEUED}, attempt = attempt + 1, resume_from = 'ChunkDocument'
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status <> 'deleting' AND characters > 0
"""  # noqa: S608
# What a second try can mend: another try of the same bytes is as broken, locked or empty as the first.
_QUEUE_FAILED = f"""
    UPDATE document SET {_QUEUED}, attempt = attempt + 1,
           resume_from = CASE WHEN characters > 0 THEN 'ChunkDocument' ELSE 'ParseDocument' END
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status = 'failed'
       AND error_code IN ('internal', 'timed_out', 'upstream_unavailable')
"""  # noqa: S608


def queue_read_documents(conn: Connection, kb_id: UUID, *, tenant_id: UUID) -> int:
    """How many documents of the base now wait to be chunked, embedded and indexed again."""
    return conn.execute(_QUEUE_READ.encode(), {"tenant_id": tenant_id, "kb_id": kb_id}).rowcount


def queue_failed_documents(conn: Connection, kb_id: UUID, *, tenant_id: UUID) -> int:
    """How many failed documents of the base now wait for another try, from the step that failed."""
    return conn.execute(_QUEUE_FAILED.encode(), {"tenant_id": tenant_id, "kb_id": kb_id}).rowcount


_QUEUED_ATTEMPTS = """
    SELECT tenant_id, kb_id, id AS document_id, attempt, resume_from FROM document
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status = 'processing' AND stage = 'queued'
       AND (%(after)s::uuid IS NULL OR id > %(after)s) ORDER BY id LIMIT %(limit)s
"""


def queued_attempts(
    conn: Connection, kb_id: UUID, *, tenant_id: UUID, after: str | None, limit: int
) -> list[IngestionEvent]:
    """In the order of their ids, those after the id ``after``."""
    values = {"tenant_id": tenant_id, "kb_id": kb_id, "after": after, "limit": limit}
    with conn.cursor(row_factory=class_row(IngestionEvent)) as cursor:
        return cursor.execute(_QUEUED_ATTEMPTS, values).fetchall()


_FAIL_QUEUED = """
    UPDATE document SET status = 'failed', error_code = 'internal', finished_at = now()
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status = 'processing' AND stage = 'queued'
"""


def fail_queued(conn: Connection, kb_id: UUID, *, tenant_id: UUID) -> None:
    """Nobody will start them any more: they end, and can be retried."""
    conn.execute(_FAIL_QUEUED, {"tenant_id": tenant_id, "kb_id": kb_id})


_MARK_DELETING = """
    UPDATE document SET status = 'deleting' WHERE tenant_id = %(tenant_id)s AND id = %(id)s RETURNING kb_id
"""


def mark_deleting(conn: Connection, document_id: UUID, *, tenant_id: UUID) -> UUID | None:
    row = conn.execute(_MARK_DELETING, {"tenant_id": tenant_id, "id": document_id}).fetchone()
    return UUID(str(row[0])) if row else None


_DELETE = "DELETE FROM document WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND status = 'deleting'"


def delete_row(conn: Connection, document_id: UUID, *, tenant_id: UUID) -> None:
    conn.execute(_DELETE, {"tenant_id": tenant_id, "id": document_id})
