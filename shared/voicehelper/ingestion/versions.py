"""Versions of a file: documents of one name in one base, of which one answers.

``publish`` is the entry of the pipeline's last step: the new version enters the index, and the ones before it leave, in
one transaction. ``knowledge/lifecycle.py`` makes an earlier version current again, and deletes.

Versions are ordered by (version, id). Transactions lock them from the newest down, so that none waits in a circle, and
never their keys: an earlier version that ends too late names the later one in its own row meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.protocol import ChunkIndex
from voicehelper.ingestion import store
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.shapes.document_ref import DocumentRef


@dataclass(frozen=True, slots=True)
class Version:
    """A document that is one of the versions of its file."""

    document_id: UUID
    kb_id: UUID


@dataclass(frozen=True, slots=True)
class _Earlier(Version):
    is_searched: bool


_HAS_EARLIER: Final = """
    SELECT count(*) FROM document AS d
      JOIN document AS o ON o.kb_id = d.kb_id AND o.filename = d.filename AND o.tenant_id = d.tenant_id
                        AND o.status <> 'deleting' AND o.superseded_by IS NULL AND (o.version, o.id) < (d.version, d.id)
     WHERE d.tenant_id = %(tenant_id)s AND d.id = %(id)s
"""


def has_earlier(tx: Transaction, document_id: UUID) -> bool:
    """Whether another version may be answering until this one is indexed."""
    return tx.count(_HAS_EARLIER, id=document_id) > 0


# A later version that was indexed before this one: chunks are counted only then.
_LATER: Final = """
    SELECT o.id AS document_id, o.kb_id FROM document AS d
      JOIN document AS o ON o.kb_id = d.kb_id AND o.filename = d.filename AND o.tenant_id = d.tenant_id
                        AND o.status <> 'deleting' AND o.superseded_by IS NULL AND (o.version, o.id) > (d.version, d.id)
                        AND o.chunk_count > 0
     WHERE d.tenant_id = %(tenant_id)s AND d.id = %(id)s ORDER BY o.version DESC, o.id DESC LIMIT 1
"""
_SUPERSEDE_EARLIER: Final = """
    WITH earlier AS (
      SELECT o.id, o.superseded_by IS NULL AS is_searched FROM document AS d
        JOIN document AS o ON o.kb_id = d.kb_id AND o.filename = d.filename AND o.tenant_id = d.tenant_id
                          AND o.status <> 'deleting' AND (o.version, o.id) < (d.version, d.id)
                          AND o.superseded_by IS DISTINCT FROM d.id
       WHERE d.tenant_id = %(tenant_id)s AND d.id = %(id)s ORDER BY o.version DESC, o.id DESC FOR NO KEY UPDATE OF o)
    UPDATE document AS o SET superseded_by = %(id)s, chunk_count = 0, vector_count = 0
      FROM earlier WHERE o.id = earlier.id AND o.tenant_id = %(tenant_id)s
    RETURNING o.id AS document_id, o.kb_id, earlier.is_searched
"""


def supersede_earlier(tx: Transaction, index: ChunkIndex, document_id: UUID) -> None:
    """All earlier versions leave the index, those included that are still being processed."""
    for earlier in tx.all(_Earlier, _SUPERSEDE_EARLIER, id=document_id):
        if earlier.is_searched:
            index.delete(DocumentRef(tx.tenant_id, earlier.kb_id, earlier.document_id))


_END_SUPERSEDED: Final = """
    UPDATE document SET status = 'indexed', stage = 'finished', finished_at = now(), chunk_count = 0, vector_count = 0,
           superseded_by = coalesce(superseded_by, %(by)s)
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s AND status = 'processing'
"""


def end_if_superseded(tx: Transaction, event: IngestionEvent, index: ChunkIndex, *, is_superseded: bool) -> bool:
    """Whether a later version was indexed before this one, which then ends outside the index."""
    later = tx.one(Version, _LATER, id=event.document_id)
    if not (is_superseded or later):
        return False
    index.delete(event.ref)
    by = later.document_id if later else None
    tx.run(_END_SUPERSEDED, id=event.document_id, attempt=event.attempt, by=by)
    return True


def publish(tx: Transaction, event: IngestionEvent, index: ChunkIndex) -> None:
    """The document's chunks and vectors are in the index: it answers from here on, and in place of earlier versions."""
    supersede_earlier(tx, index, event.document_id)
    store.finish(tx, event, index.count(event.ref))


_IS_FINISHED: Final = """
    SELECT count(*) FROM document
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND attempt = %(attempt)s AND status = 'indexed'
"""


def is_finished(tx: Transaction, event: IngestionEvent) -> bool:
    return tx.count(_IS_FINISHED, id=event.document_id, attempt=event.attempt) > 0


_RAISE: Final = """
    UPDATE document AS d SET superseded_by = NULL, version = 1 + (
             SELECT max(o.version) FROM document AS o
              WHERE o.tenant_id = %(tenant_id)s AND o.kb_id = d.kb_id AND o.filename = d.filename)
     WHERE d.tenant_id = %(tenant_id)s AND d.id = %(id)s
"""


def make_newest(tx: Transaction, document_id: UUID) -> None:
    """The document becomes the newest version of its file; the current one answers until this one is indexed."""
    tx.run(_RAISE, id=document_id)


# A file goes with its history: a version that answered before it would be a surprise after its deletion.
_MARK_DELETING: Final = """
    WITH doomed AS (
      SELECT id FROM document WHERE tenant_id = %(tenant_id)s AND (id = %(id)s OR superseded_by = %(id)s)
       ORDER BY version DESC, id DESC FOR NO KEY UPDATE)
    UPDATE document AS d SET status = 'deleting' FROM doomed WHERE d.id = doomed.id AND d.tenant_id = %(tenant_id)s
    RETURNING d.id AS document_id, d.kb_id
"""


def mark_deleting(tx: Transaction, document_id: UUID) -> list[Version]:
    """The document and the versions it superseded; empty for an unknown one."""
    return tx.all(Version, _MARK_DELETING, id=document_id)
