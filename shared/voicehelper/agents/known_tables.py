"""The tables of a task's bases as far as their passages tell: columns, kinds, values. Entry: ``read_known_tables``.

A planner by rules asks it before it plans a query; the query, ``agents.tools.table_query``, reads the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.agents.planning.table_queries.known import KnownColumn, KnownTable
from voicehelper.agents.tools.tables.cells import Column, columns, date
from voicehelper.agents.tools.tables.rows import Table, read_tables
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block
from voicehelper.shapes.ids import show

_ENDINGS: Final = ["csv", "tsv", "xlsx", "xlsm", "xls", "ods"]
_MOST_DOCUMENTS, _FIRST_CHUNKS = 10, 40
_MOST_VALUES, _MAX_VALUE_CHARS = 2_000, 60


@dataclass(frozen=True, slots=True)
class _Passage:
    document_id: UUID
    filename: str
    content: str
    sheet: str | None


# The newest documents, of each the first passages and the last two, where sums stand.
_PASSAGES: Final = """
    WITH found AS (
      SELECT d.id, d.filename, d.chunk_count, d.created_at FROM document AS d
        JOIN knowledge_base AS b ON b.id = d.kb_id AND b.tenant_id = d.tenant_id AND b.status = 'active'
       WHERE d.tenant_id = %(tenant_id)s AND d.status = 'indexed' AND d.superseded_by IS NULL
         AND (cardinality(%(kb_ids)s::uuid[]) = 0 OR d.kb_id = ANY(%(kb_ids)s))
         AND lower(substring(d.filename FROM '[^.]*$')) = ANY(%(endings)s)
       ORDER BY d.created_at DESC, d.id DESC LIMIT %(documents)s)
    SELECT f.id AS document_id, f.filename, c.content, c.place->>'sheet' AS sheet
      FROM found AS f JOIN chunk AS c ON c.document_id = f.id AND c.tenant_id = %(tenant_id)s
     WHERE c.seq < %(first)s OR c.seq >= f.chunk_count - 2
     ORDER BY f.created_at DESC, f.id DESC, c.seq
"""


def read_known_tables(tx: Transaction, kb_ids: Sequence[UUID]) -> list[KnownTable]:
    """Of documents that answer; ``kb_ids`` empty means all bases of the tenant."""
    values = {"kb_ids": list(kb_ids), "endings": _ENDINGS, "documents": _MOST_DOCUMENTS, "first": _FIRST_CHUNKS}
    passages = tx.all(_Passage, _PASSAGES, **values)
    by_document = groupby(passages, key=lambda passage: passage.document_id)
    return [table for document_id, of in by_document for table in _tables(document_id, list(of))]


def _tables(document_id: UUID, passages: Sequence[_Passage]) -> Iterator[KnownTable]:
    filename = passages[0].filename
    blocks = (Block(passage.content, "table", Place(sheet=passage.sheet)) for passage in passages)
    found = read_tables(blocks, PurePath(filename).stem)
    titles = [table.title.casefold() for table in found]
    for number, table in enumerate(found):
        name = "t1" if number == 0 else table.title
        if number == 0 or titles.count(titles[number]) == 1:
            yield KnownTable(show("doc", document_id), filename, name, list(_columns(table)), table.title)


def _columns(table: Table) -> Iterator[KnownColumn]:
    """Passages overlap, so that a row may have come twice."""
    table.rows = [dict(row) for row in dict.fromkeys(tuple(row.items()) for row in table.rows)]
    for column in columns(table):
        texts = [value for value in column.values if isinstance(value, str)]
        distinct = tuple(_short(dict.fromkeys(texts)))[:_MOST_VALUES]
        is_date = column.kind == "TEXT" and bool(texts) and all(date(text) for text in texts)
        yield KnownColumn(column.name, column.kind, distinct, is_date, _is_unique(column))


def _short(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in texts if len(text) <= _MAX_VALUE_CHARS)


def _is_unique(column: Column) -> bool:
    return None not in column.values and len(set(column.values)) == len(column.values)
