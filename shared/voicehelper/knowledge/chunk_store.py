"""The chunks of a document for the API, and their number in its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.protocol import IndexCounts
from voicehelper.knowledge.models import ChunkView

_SET_COUNTS: Final = """
    UPDATE document SET chunk_count = %(chunks)s, vector_count = %(vectors)s
     WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""


def set_counts(tx: Transaction, document_id: UUID, counts: IndexCounts) -> None:
    tx.run(_SET_COUNTS, id=document_id, chunks=counts.chunks, vectors=counts.vectors)


# Those that are not enabled stand among the edits alone.
_CHUNKS: Final = """
    SELECT c.id, c.seq AS sequence, c.title, c.content, c.page,
           CASE WHEN e.id IS NULL THEN 'file' WHEN e.origin = 'added' THEN 'added'
                WHEN e.original = sha256(convert_to(c.content, 'UTF8')) THEN 'file' ELSE 'edited' END AS origin,
           true AS enabled, (c.place->>'recognised')::float8 AS recognised
      FROM chunk AS c LEFT JOIN chunk_edit AS e ON e.id = c.id AND e.tenant_id = c.tenant_id
     WHERE c.tenant_id = %(tenant_id)s AND c.document_id = %(document_id)s
    UNION ALL
    SELECT id, seq, title, content, page,
           CASE WHEN origin = 'added' THEN 'added' WHEN original = sha256(convert_to(content, 'UTF8')) THEN 'file'
                ELSE 'edited' END, false, (place->>'recognised')::float8
      FROM chunk_edit
     WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s AND NOT enabled AND NOT stale
     ORDER BY sequence, id LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT_CHUNKS: Final = """
    SELECT (SELECT count(*) FROM chunk WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s)
         + (SELECT count(*) FROM chunk_edit
             WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s AND NOT enabled AND NOT stale)
"""


def list_chunks(tx: Transaction, document_id: UUID, *, limit: int, offset: int) -> list[ChunkView]:
    """In document order, those included that are not searched."""
    return tx.all(ChunkView, _CHUNKS, document_id=document_id, limit=limit, offset=offset)


def count_chunks(tx: Transaction, document_id: UUID) -> int:
    return tx.count(_COUNT_CHUNKS, document_id=document_id)


@dataclass(frozen=True, slots=True)
class _Text:
    content: str


_CHUNK_TEXT: Final = """
    SELECT content FROM chunk WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s AND id = %(id)s
"""


def chunk_text(tx: Transaction, document_id: UUID, chunk_id: UUID) -> str:
    """Empty for a chunk that the document has not, or that is not searched."""
    found = tx.one(_Text, _CHUNK_TEXT, document_id=document_id, id=chunk_id)
    return found.content if found else ""
