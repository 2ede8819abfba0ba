"""Tells OpenSearch what has changed in PostgreSQL. ``bring_up_to_date`` is the entry; ``operations`` calls it.

A change is passed on from what the rows are now, under ids that are the chunks', and its note is settled last: killed
anywhere, it is passed on again, which changes nothing. Changes of a document are passed on by one process at a time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.opensearch import WRITING, OpenSearch, OpenSearchError
from voicehelper.index.opensearch import outbox
from voicehelper.index.opensearch.mapping import ChunkRow, KnnEngine, body_of, index_body, vector_mapping

PAGE_CHUNKS: Final = 200  # some 2 MB with their vectors
MOST_DOCUMENTS: Final = 10_000  # of one look at the outbox
# How long after a write searches see it. Serverless collections refresh every 10 s, vectors up to every minute, and
# cannot be told to: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-vector-search.html
REFRESH_S: Final = 5.0
SERVERLESS_REFRESH_S: Final = 60.0
_EXISTS: Final = "resource_already_exists_exception"

_PENDING: Final = """
    SELECT tenant_id, document_id FROM search_outbox WHERE searchable_at IS NULL
     GROUP BY tenant_id, document_id ORDER BY min(id) LIMIT %(limit)s
"""
_FORGET: Final = "DELETE FROM search_outbox WHERE searchable_at < now()"
# Whoever passes on a document's changes does so alone: of two, the slower might write what the faster has removed.
_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(document_id)s::text, 2103))::int"
_CHUNKS: Final = """
    SELECT c.id, c.seq, c.tenant_id, c.kb_id, c.document_id, c.meta, l.lex::text AS words, v.han,
           v.embedding::real[] AS vector
      FROM chunk AS c
      JOIN chunk_lex AS l ON l.chunk_id = c.id
      LEFT JOIN chunk_vec AS v ON v.chunk_id = c.id
     WHERE c.tenant_id = %(tenant_id)s AND c.document_id = %(document_id)s AND c.seq > %(after)s
     ORDER BY c.seq LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Changed:
    tenant_id: UUID
    document_id: UUID


@dataclass(slots=True)
class Target:
    """The index ``name``, which is made with its first document, and a vector field with its first vector."""

    client: OpenSearch
    name: str
    engine: KnnEngine
    _dimensions: frozenset[int] | None = None  # None until the index is known to exist

    @property
    def refresh_s(self) -> float:
        return SERVERLESS_REFRESH_S if self.client.is_serverless else REFRESH_S

    def write(self, rows: Sequence[ChunkRow]) -> None:
        self._prepare({len(row.vector) for row in rows if row.vector})
        self.bulk(line for row in rows for line in ({"index": self._place(row.id)}, body_of(row)))

    def remove(self, chunk_ids: Iterable[UUID]) -> None:
        self._prepare(())
        ids = sorted(chunk_ids)
        for first in range(0, len(ids), 10 * PAGE_CHUNKS):
            self.bulk({"delete": self._place(chunk_id)} for chunk_id in ids[first : first + 10 * PAGE_CHUNKS])

    def bulk(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """OpenSearchError if any of it was refused: what was not stays, and the whole is repeated."""
        answer = self.client.call_lines("/_bulk", lines, tries=WRITING)
        if answer.get("errors"):
            results = [result for item in answer["items"] for result in item.values()]
            for result in results:
                if result["status"] >= 400 and "error" in result:
                    raise OpenSearchError("_bulk", result["status"], str(result["error"].get("type", "")))

    def _place(self, chunk_id: UUID) -> dict[str, str]:
        return {"_index": self.name, "_id": str(chunk_id)}

    def _prepare(self, dimensions: Collection[int]) -> None:
        """Never by a write: an index that OpenSearch makes of itself would have other fields."""
        if self._dimensions is None:
            with ignoring(_EXISTS):
                self.client.call("PUT", f"/{self.name}", index_body(), tries=WRITING)
            self._dimensions = frozenset()
        for number in set(dimensions) - self._dimensions:
            mapping = vector_mapping(number, self.engine)
            self.client.call("PUT", f"/{self.name}/_mapping", mapping, tries=WRITING)
            self._dimensions |= {number}


@contextlib.contextmanager
def ignoring(reason: str) -> Iterator[None]:
    try:
        yield
    except OpenSearchError as error:
        if reason not in str(error):
            raise


def bring_up_to_date(database: Database, target: Target, *, go_on: Callable[[], bool] = lambda: True) -> int:
    """Passes on every change there is until ``go_on`` says no; returns for how many documents. Not in a transaction.

    OpenSearchError where it is away: its caller tries again, and questions are answered meanwhile.
    """
    with database.transaction() as tx:
        tx.run(_FORGET)
        changed = tx.all(Changed, _PENDING, limit=MOST_DOCUMENTS)
    done = 0
    for document in changed:
        if not go_on():
            break
        with database.transaction(document.tenant_id) as tx:
            done += _pass_on(tx, target, document.document_id)
    return done


def _pass_on(tx: Transaction, target: Target, document_id: UUID) -> bool:
    is_alone = tx.count(_LOCK, document_id=document_id) > 0
    change = outbox.take(tx, document_id) if is_alone else None
    if change is None:
        return False
    kept: set[UUID] = set()
    for rows in _pages(tx, document_id):
        target.write(rows)
        kept |= {row.id for row in rows}
    if gone := set(change.gone) - kept:
        target.remove(gone)
    outbox.settle(tx, document_id, change, refresh_s=target.refresh_s)
    return True


def _pages(tx: Transaction, document_id: UUID) -> Iterator[list[ChunkRow]]:
    after = -1
    while rows := tx.all(ChunkRow, _CHUNKS, document_id=document_id, after=after, limit=PAGE_CHUNKS):
        yield rows
        after = rows[-1].seq
