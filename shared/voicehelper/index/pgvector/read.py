"""Chunks of known documents in their order: a whole table, or how documents begin.

``read`` is the entry; ``PgvectorIndex`` calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.passage import Passage
from voicehelper.index.pgvector.search import place_of

READ: Final = """
  SELECT c.id AS chunk_id, c.document_id, c.title, c.content, c.page, nullif(c.place, '{}') AS place
    FROM unnest(%(document_ids)s::uuid[]) WITH ORDINALITY AS wanted (document_id, rank)
    CROSS JOIN LATERAL (
      SELECT * FROM chunk
       WHERE tenant_id = %(tenant_id)s AND document_id = wanted.document_id
         AND (%(sheet)s::text IS NULL OR place ->> 'sheet' = %(sheet)s)
       ORDER BY seq LIMIT %(limit)s) AS c
   ORDER BY wanted.rank, c.seq
"""


@dataclass(slots=True)
class _ChunkRow:
    chunk_id: UUID
    document_id: UUID
    title: str
    content: str
    page: int | None
    place: dict[str, Any] | None


def read(tx: Transaction, document_ids: Sequence[UUID], *, sheet: str | None, limit: int) -> list[Passage]:
    rows = tx.all(_ChunkRow, READ, document_ids=list(document_ids), sheet=sheet, limit=limit)
    return [
        Passage(
            chunk_id=row.chunk_id,
            document_id=row.document_id,
            title=row.title,
            text=row.content,
            place=place_of(row.page, row.place),
            heading_path=tuple((row.place or {}).get("heading_path") or ()),
        )
        for row in rows
    ]
