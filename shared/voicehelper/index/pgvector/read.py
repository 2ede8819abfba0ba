"""Chunks of known documents in their order: a whole table, how documents begin, what stands beside a chunk.

``read`` and ``beside`` are the entries; ``PgvectorIndex`` calls them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.passage import Passage
from voicehelper.index.pgvector.rows import ChunkRow, passage_of
from voicehelper.index.protocol import Beside

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


def read(tx: Transaction, document_ids: Sequence[UUID], *, sheet: str | None, limit: int) -> list[Passage]:
    rows = tx.all(ChunkRow, READ, document_ids=list(document_ids), sheet=sheet, limit=limit)
    return [passage_of(row) for row in rows]


# A table began in the nearest chunk whose first line is no row of it, if that is near enough.
BESIDE: Final = """
  SELECT n.id AS chunk_id, n.document_id, n.title, n.content, n.page, nullif(n.place, '{}') AS place,
         wanted.id AS beside, wanted.step
    FROM unnest(%(ids)s::uuid[], %(steps)s::int[], %(tables)s::bool[])
         WITH ORDINALITY AS wanted (id, step, is_table, rank)
    JOIN chunk AS c ON c.id = wanted.id AND c.tenant_id = %(tenant_id)s
    CROSS JOIN LATERAL (
      SELECT * FROM chunk
       WHERE tenant_id = %(tenant_id)s AND document_id = c.document_id
         AND CASE WHEN wanted.step > 0 THEN seq = c.seq + 1
                  WHEN wanted.is_table THEN seq BETWEEN c.seq - %(reach)s AND c.seq - 1
                                            AND split_part(content, E'\n', 1) NOT LIKE '%% | %%'
                  ELSE seq = c.seq - 1 END
       ORDER BY seq DESC LIMIT 1) AS n
   ORDER BY wanted.rank
"""
TABLE_REACH: Final = 20  # chunks


@dataclass(slots=True)
class _BesideRow(ChunkRow):
    beside: UUID
    step: int


def beside(tx: Transaction, wanted: Sequence[Beside]) -> list[Passage]:
    values = {"ids": [b.chunk_id for b in wanted], "steps": [b.step for b in wanted]}
    rows = tx.all(_BesideRow, BESIDE, **values, tables=[b.is_table for b in wanted], reach=TABLE_REACH)
    return [
        replace(
            passage_of(row), after=row.beside if row.step > 0 else None, before=row.beside if row.step < 0 else None
        )
        for row in rows
    ]
