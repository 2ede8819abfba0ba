"""The changes that OpenSearch is yet to be told, in the transaction that makes them.

``note_document`` and ``note_base`` are the entries of ``OpenSearchIndex``, ``take`` and ``settle`` those of ``upkeep``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.shapes.document_ref import DocumentRef

_NOTE_DOCUMENT: Final = """
    INSERT INTO search_outbox (tenant_id, kb_id, document_id, gone)
    SELECT %(tenant_id)s, %(kb_id)s, %(document_id)s,
           ARRAY(SELECT chunk_id FROM chunk_lex WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s)
"""


def note_document(tx: Transaction, ref: DocumentRef) -> None:
    """Before the change: what the document's chunks are until then is what may have to go."""
    tx.run(_NOTE_DOCUMENT, kb_id=ref.kb_id, document_id=ref.document_id)


_NOTE_BASE: Final = """
    INSERT INTO search_outbox (tenant_id, kb_id, document_id, gone)
    SELECT DISTINCT %(tenant_id)s::uuid, kb_id, document_id, ARRAY[]::uuid[] FROM chunk_lex
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s
"""


def note_base(tx: Transaction, kb_id: UUID) -> None:
    """Every document of the base is to be written again."""
    tx.run(_NOTE_BASE, kb_id=kb_id)


@dataclass(frozen=True, slots=True)
class Change:
    """All that happened to a document up to the row ``last``."""

    last: int
    gone: Sequence[UUID]


_TAKE: Final = """
    SELECT max(o.id) AS last, coalesce(array_agg(DISTINCT g.id) FILTER (WHERE g.id IS NOT NULL), '{}') AS gone
      FROM search_outbox AS o LEFT JOIN LATERAL unnest(o.gone) AS g (id) ON true
     WHERE o.tenant_id = %(tenant_id)s AND o.document_id = %(document_id)s AND o.searchable_at IS NULL
    HAVING count(*) > 0
"""


def take(tx: Transaction, document_id: UUID) -> Change | None:
    """None if there is nothing to pass on."""
    return tx.one(Change, _TAKE, document_id=document_id)


_SETTLE: Final = """
    UPDATE search_outbox SET searchable_at = clock_timestamp() + %(refresh_s)s * interval '1 second', gone = '{}'
     WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s AND id <= %(last)s AND searchable_at IS NULL
"""


def settle(tx: Transaction, document_id: UUID, change: Change, *, refresh_s: float) -> None:
    """It is passed on; searches of OpenSearch see it ``refresh_s`` later."""
    tx.run(_SETTLE, document_id=document_id, last=change.last, refresh_s=refresh_s)


_HAS_PENDING: Final = """
    SELECT count(*) FROM (SELECT FROM search_outbox WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s
                             AND searchable_at IS NULL LIMIT 1) AS pending
"""


def has_pending(tx: Transaction, kb_id: UUID) -> bool:
    return tx.count(_HAS_PENDING, kb_id=kb_id) > 0
