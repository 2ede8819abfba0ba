"""``OpenSearchIndex``: writes go to PostgreSQL, with a note for OpenSearch; a search recalls there and is decided here.

Nothing that OpenSearch says can show a text: its ids are looked up in the tenant's bases as they are now, in the
statement that scores them. So what is deleted, superseded or another tenant's never answers, however far it lags, and
the ranking is PostgreSQL's. While it is away, PostgreSQL is searched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.adapters.opensearch import OpenSearch, OpenSearchError
from voicehelper.index.chunk import Chunk
from voicehelper.index.opensearch import outbox
from voicehelper.index.opensearch.recall import Recalled, recall
from voicehelper.index.passage import Passage
from voicehelper.index.pgvector.conditions import filter_condition, passing_documents
from voicehelper.index.pgvector.index import PgvectorBackend, PgvectorIndex
from voicehelper.index.pgvector.search import search_pool
from voicehelper.index.pgvector.state import BaseState, read_state
from voicehelper.index.protocol import (
    Beside,
    ChunkIndex,
    Hits,
    IndexCounts,
    Link,
    LinkRequest,
    Prepared,
    SearchRequest,
)
from voicehelper.models.protocols import Vector
from voicehelper.observability.logs import logger
from voicehelper.shapes.document_ref import DocumentRef

# OpenSearch knows a document's metadata by equality alone. A filter of the language is decided before it is asked, and
# one that lets more documents through than may be named to it leaves the search to the database.
MOST_DOCUMENTS: Final = 2_000
AWAY_S: Final = 10.0  # a collection that sleeps takes 10 to 30 s to wake


class IncompleteIndexError(OpenSearchError):
    """OpenSearch has fewer chunks than it was told: it was chosen lately, or has lost some. Its upkeep repairs it."""


@dataclass(slots=True)
class Availability:
    """After a failure nobody asks for ``AWAY_S``: each question would wait for the time-out."""

    clock: Callable[[], float] = time.monotonic
    _away_until: float = 0.0

    def require(self) -> None:
        if self.clock() < self._away_until:
            raise OpenSearchError("_msearch", 0, "it has just been away")

    def note_failure(self) -> None:
        self._away_until = self.clock() + AWAY_S


class OpenSearchIndex:
    """Implements ``ChunkIndex``."""

    def __init__(self, tx: Transaction, backend: OpenSearchBackend) -> None:
        self._tx, self._backend = tx, backend
        self._rows = PgvectorIndex(tx)

    def replace_text(self, ref: DocumentRef, text: Prepared, metadata: Mapping[str, Any]) -> None:
        outbox.note_document(self._tx, ref)
        self._rows.replace_text(ref, text, metadata)

    def add_vectors(self, ref: DocumentRef, vectors: Prepared) -> None:
        outbox.note_document(self._tx, ref)
        self._rows.add_vectors(ref, vectors)

    def put_chunks(self, ref: DocumentRef, text: Prepared, vectors: Prepared, metadata: Mapping[str, Any]) -> None:
        outbox.note_document(self._tx, ref)
        self._rows.put_chunks(ref, text, vectors, metadata)

    def remove_chunks(self, ref: DocumentRef, chunk_ids: Sequence[UUID]) -> None:
        outbox.note_document(self._tx, ref)
        self._rows.remove_chunks(ref, chunk_ids)

    def set_metadata(self, ref: DocumentRef, metadata: Mapping[str, Any]) -> None:
        outbox.note_document(self._tx, ref)
        self._rows.set_metadata(ref, metadata)

    def delete(self, ref: DocumentRef) -> None:
        outbox.note_document(self._tx, ref)
        self._rows.delete(ref)

    def drop_vectors(self, kb_id: UUID) -> None:
        outbox.note_base(self._tx, kb_id)
        self._rows.drop_vectors(kb_id)

    def count(self, ref: DocumentRef) -> IndexCounts:
        return self._rows.count(ref)

    def needs_upkeep(self, kb_id: UUID) -> bool:
        return outbox.has_pending(self._tx, kb_id) or self._rows.needs_upkeep(kb_id)

    def search(self, request: SearchRequest) -> Hits:
        if not request.kb_ids or not (request.terms or request.vector is not None):
            return Hits()
        state = read_state(self._tx, request)
        if state.pending >= state.chunks:
            return self._rows.search(request)
        condition = filter_condition(request.metadata)
        documents = passing_documents(self._tx, request.kb_ids, condition, most=MOST_DOCUMENTS) if condition else None
        if condition and documents is None:
            return self._rows.search(request)
        try:
            recalled = self._recall(request, state, documents)
        except OpenSearchError as error:
            logger().warning("searched without OpenSearch", extra={"explanation": str(error)})
            return replace(self._rows.search(request), is_fallback=True)
        return search_pool(self._tx, request, recalled.chunk_ids)

    def _recall(self, request: SearchRequest, state: BaseState, documents: Sequence[UUID] | None) -> Recalled:
        backend = self._backend
        backend.availability.require()
        try:
            recalled = recall(backend.client, backend.name, self._tx.tenant_id, request, state.weights, documents)
        except OpenSearchError:
            backend.availability.note_failure()
            raise
        if recalled.total + state.pending < state.chunks:
            raise IncompleteIndexError("_msearch", 200, f"{recalled.total} of {state.chunks} chunks")
        return recalled

    def links(self, request: LinkRequest) -> list[Link]:
        return self._rows.links(request)

    def read(self, document_ids: Sequence[UUID], *, sheet: str | None = None, limit: int) -> list[Passage]:
        return self._rows.read(document_ids, sheet=sheet, limit=limit)

    def beside(self, wanted: Sequence[Beside]) -> list[Passage]:
        return self._rows.beside(wanted)


@dataclass(slots=True)
class OpenSearchBackend:
    """Implements ``IndexBackend``; ``name`` is that of the index, which holds all tenants' chunks."""

    client: OpenSearch
    name: str
    availability: Availability = field(default_factory=Availability)
    _rows: PgvectorBackend = field(default_factory=PgvectorBackend)

    def prepare_text(self, chunks: Sequence[Chunk]) -> Prepared:
        return self._rows.prepare_text(chunks)

    def prepare_vectors(self, chunks: Sequence[Chunk], vectors: Iterable[Vector]) -> Prepared:
        return self._rows.prepare_vectors(chunks, vectors)

    def open(self, tx: Transaction) -> ChunkIndex:
        return OpenSearchIndex(tx, self)
