"""``PgvectorIndex``: text, lexical weights and vectors in three tables of PostgreSQL, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.bases import touch_base
from voicehelper.index.chunk import Chunk
from voicehelper.index.passage import Passage
from voicehelper.index.pgvector import graph, large, read, search, write
from voicehelper.index.protocol import Beside, ChunkIndex, Hits, IndexCounts, Link, LinkRequest, SearchRequest
from voicehelper.models.protocols import Vector
from voicehelper.shapes.document_ref import DocumentRef


class PgvectorIndex:
    """Implements ``ChunkIndex``. Every change of the content ends with one of the base's revision."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def replace_text(self, ref: DocumentRef, text: write.PreparedText, metadata: Mapping[str, Any]) -> None:
        write.replace_text(self._tx, ref, text, metadata)
        graph.write_entities(self._tx, ref, text.entities)
        touch_base(self._tx, ref.kb_id)

    def add_vectors(self, ref: DocumentRef, vectors: Sequence[write.PreparedVector]) -> None:
        write.add_vectors(self._tx, ref, vectors)
        touch_base(self._tx, ref.kb_id)

    def put_chunks(
        self,
        ref: DocumentRef,
        text: write.PreparedText,
        vectors: Sequence[write.PreparedVector],
        metadata: Mapping[str, Any],
    ) -> None:
        write.put_chunks(self._tx, ref, text, metadata)
        write.insert_vectors(self._tx, ref, vectors)
        graph.write_entities(self._tx, ref, text.entities)
        touch_base(self._tx, ref.kb_id)

    def remove_chunks(self, ref: DocumentRef, chunk_ids: Sequence[UUID]) -> None:
        if write.remove_chunks(self._tx, ref, chunk_ids):
            touch_base(self._tx, ref.kb_id)

    def set_metadata(self, ref: DocumentRef, metadata: Mapping[str, Any]) -> None:
        if write.set_metadata(self._tx, ref, metadata):
            touch_base(self._tx, ref.kb_id)

    def delete(self, ref: DocumentRef) -> None:
        # The base is locked after its counters, so not where there was nothing to count.
        if write.delete(self._tx, ref):
            touch_base(self._tx, ref.kb_id)

    def drop_vectors(self, kb_id: UUID) -> None:
        write.drop_vectors(self._tx, kb_id)
        large.forget_vectors(self._tx, kb_id)
        touch_base(self._tx, kb_id)

    def count(self, ref: DocumentRef) -> IndexCounts:
        return write.count(self._tx, ref)

    def needs_upkeep(self, kb_id: UUID) -> bool:
        return large.needs_upkeep(self._tx, kb_id)

    def search(self, request: SearchRequest) -> Hits:
        return search.search(self._tx, request)

    def links(self, request: LinkRequest) -> list[Link]:
        return graph.links(self._tx, request)

    def read(self, document_ids: Sequence[UUID], *, sheet: str | None = None, limit: int) -> list[Passage]:
        return read.read(self._tx, document_ids, sheet=sheet, limit=limit)

    def beside(self, wanted: Sequence[Beside]) -> list[Passage]:
        return read.beside(self._tx, wanted)


class PgvectorBackend:
    """Implements ``IndexBackend``."""

    def prepare_text(self, chunks: Sequence[Chunk]) -> write.PreparedText:
        return write.prepare_text(chunks)

    def prepare_vectors(self, chunks: Sequence[Chunk], vectors: Iterable[Vector]) -> list[write.PreparedVector]:
        return write.prepare_vectors(chunks, vectors)

    def open(self, tx: Transaction) -> ChunkIndex:
        return PgvectorIndex(tx)
