"""``ChunkIndex`` in memory: a reference implementation for tests that need no database."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.bm25 import chunk_weights
from voicehelper.index.chunk import Chunk
from voicehelper.index.entities import Entity, chunk_entities
from voicehelper.index.filter_reading import passes
from voicehelper.index.filters import parse_filter
from voicehelper.index.memory_links import follow
from voicehelper.index.passage import Passage
from voicehelper.index.protocol import Beside, ChunkIndex, Hits, IndexCounts, Link, LinkRequest, SearchRequest
from voicehelper.models.protocols import Vector
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.text.language import is_chinese


@dataclass(slots=True)
class Entry:
    """One stored chunk."""

    ref: DocumentRef
    chunk: Chunk
    weights: Mapping[int, float]
    metadata: Mapping[str, Any]
    entities: Sequence[Entity] = ()
    vector: Vector | None = None

    @property
    def is_chinese(self) -> bool:
        return is_chinese(f"{self.chunk.title}\n{self.chunk.text}")

    def bm25(self, terms: Mapping[int, int], idf: Mapping[int, float]) -> float:
        return sum(times * idf[term] * self.weights.get(term, 0.0) for term, times in terms.items())

    def similarity(self, vector: Vector | None) -> float | None:
        if vector is None or self.vector is None:
            return None
        lengths = math.sqrt(_product(vector, vector) * _product(self.vector, self.vector))
        return _product(vector, self.vector) / lengths


def _product(one: Vector, other: Vector) -> float:
    return float(sum(a * b for a, b in zip(one, other, strict=True)))


PreparedText = Sequence[tuple[Chunk, Mapping[int, float], Sequence[Entity]]]


def prepare_text(chunks: Sequence[Chunk]) -> PreparedText:
    return list(zip(chunks, chunk_weights(chunks), chunk_entities(chunks), strict=True))


def prepare_vectors(chunks: Sequence[Chunk], vectors: Iterable[Vector]) -> dict[UUID, Vector]:
    pairs = zip(chunks, vectors, strict=True)
    return {chunk.chunk_id: [float(value) for value in vector] for chunk, vector in pairs}


@dataclass(slots=True)
class MemoryIndex:
    """Implements ``ChunkIndex`` for one tenant; the indexes of several tenants may share ``entries``.

    ``documents`` are the facts of documents that filters may name, by ``DOCUMENT_FIELDS``.
    """

    tenant_id: UUID
    entries: dict[UUID, Entry] = field(default_factory=dict)
    documents: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)

    def replace_text(self, ref: DocumentRef, text: PreparedText, metadata: Mapping[str, Any]) -> None:
        self.delete(ref)
        for chunk, weights, entities in text:
            self.entries[chunk.chunk_id] = Entry(ref, chunk, weights, metadata, entities)

    def add_vectors(self, ref: DocumentRef, vectors: Mapping[UUID, Vector]) -> None:
        own = {key: entry for key, entry in self.entries.items() if entry.ref == ref}
        for key, vector in vectors.items():
            own[key].vector = vector

    def put_chunks(
        self, ref: DocumentRef, text: PreparedText, vectors: Mapping[UUID, Vector], metadata: Mapping[str, Any]
    ) -> None:
        for chunk, weights, entities in text:
            vector = vectors.get(chunk.chunk_id)
            self.entries[chunk.chunk_id] = Entry(ref, chunk, weights, metadata, entities, vector)

    def remove_chunks(self, ref: DocumentRef, chunk_ids: Sequence[UUID]) -> None:
        for key in [key for key in chunk_ids if key in self.entries and self.entries[key].ref == ref]:
            del self.entries[key]

    def set_metadata(self, ref: DocumentRef, metadata: Mapping[str, Any]) -> None:
        for entry in self.entries.values():
            if entry.ref == ref:
                entry.metadata = metadata

    def delete(self, ref: DocumentRef) -> None:
        for key in [key for key, entry in self.entries.items() if entry.ref == ref]:
            del self.entries[key]

    def drop_vectors(self, kb_id: UUID) -> None:
        for entry in self._entries_of([kb_id]):
            entry.vector = None

    def count(self, ref: DocumentRef) -> IndexCounts:
        own = [entry for entry in self.entries.values() if entry.ref == ref]
        return IndexCounts(len(own), sum(entry.vector is not None for entry in own))

    def needs_upkeep(self, kb_id: UUID) -> bool:  # noqa: ARG002 - the protocol's
        return False

    def search(self, request: SearchRequest) -> Hits:
        entries = self._entries_of(request.kb_ids)
        idf = self._idf(entries, request.terms)
        allowed = list(filter(self._filter(request.metadata), entries))
        candidates = [_passage(entry, request, idf) for entry in allowed]
        lexical = _ranks([p for p in candidates if p.bm25 > 0], lambda p: -p.bm25, request.leg_limit)
        with_vector = [p for p in candidates if p.similarity is not None]
        vector = _ranks(with_vector, _distance, request.leg_limit)
        foreign = [p for p in with_vector if self.entries[p.chunk_id].is_chinese != request.is_chinese]
        cross_lingual = _ranks(foreign, _distance, request.cross_lingual_limit)
        hits = [p for p in candidates if p.chunk_id in lexical or p.chunk_id in vector or p.chunk_id in cross_lingual]
        ranked = [
            replace(
                passage,
                lexical_rank=lexical.get(passage.chunk_id),
                vector_rank=vector.get(passage.chunk_id),
                is_cross_lingual=passage.chunk_id in cross_lingual,
            )
            for passage in hits
        ]
        return Hits(tuple(ranked), idf if ranked else {})

    def links(self, request: LinkRequest) -> list[Link]:
        def show(entry: Entry) -> Passage:
            weight = sum(value * entry.weights.get(term, 0.0) for term, value in request.terms.items())
            return replace(_shown(entry), bm25=weight, similarity=entry.similarity(request.vector))

        entries = self._entries_of(request.kb_ids)
        return follow(entries, request, passes=self._filter(request.metadata), show=show)

    def _filter(self, raw: Mapping[str, Any]) -> Callable[[Entry], bool]:
        node = parse_filter(raw)
        return lambda entry: passes(node, entry.metadata, self.documents.get(entry.ref.document_id, {}))

    def read(self, document_ids: Sequence[UUID], *, sheet: str | None = None, limit: int) -> list[Passage]:
        found: list[Passage] = []
        for document_id in document_ids:
            own = [
                e
                for e in self.entries.values()
                if (e.ref.tenant_id, e.ref.document_id) == (self.tenant_id, document_id)
            ]
            own = [entry for entry in own if sheet is None or entry.chunk.place.sheet == sheet]
            ordered = sorted(own, key=lambda entry: entry.chunk.sequence)
            found += [_shown(entry) for entry in ordered[:limit]]
        return found

    def beside(self, wanted: Sequence[Beside]) -> list[Passage]:
        found = ((beside, self._beside(beside)) for beside in wanted)
        return [
            replace(
                _shown(entry),
                after=beside.chunk_id if beside.step > 0 else None,
                before=beside.chunk_id if beside.step < 0 else None,
            )
            for beside, entry in found
            if entry
        ]

    def _beside(self, beside: Beside) -> Entry | None:
        entry = self.entries.get(beside.chunk_id)
        if entry is None or entry.ref.tenant_id != self.tenant_id:
            return None
        at = entry.chunk.sequence
        own = {e.chunk.sequence: e for e in self.entries.values() if e.ref == entry.ref}
        if not beside.is_table:
            return own.get(at + beside.step)
        earlier = (own[n] for n in range(at - 1, at - 21, -1) if n in own)
        return next((e for e in earlier if " | " not in e.chunk.text.split("\n")[0]), None)

    def _entries_of(self, kb_ids: Iterable[UUID]) -> list[Entry]:
        ids = set(kb_ids)
        return [e for e in self.entries.values() if e.ref.tenant_id == self.tenant_id and e.ref.kb_id in ids]

    @staticmethod
    def _idf(entries: Sequence[Entry], terms: Mapping[int, int]) -> dict[int, float]:
        """A term that no chunk has weighs as much as the rarest that one has."""
        df = Counter(term for entry in entries for term in terms if term in entry.weights)
        idf = {term: math.log(1 + (len(entries) - df[term] + 0.5) / (df[term] + 0.5)) for term in terms}
        rarest = max((idf[term] for term in df), default=None)
        return {term: value if rarest is None else min(value, rarest) for term, value in idf.items()}


def _distance(passage: Passage) -> float:
    return -(passage.similarity or 0.0)


def _passage(entry: Entry, request: SearchRequest, idf: Mapping[int, float]) -> Passage:
    return replace(_shown(entry), bm25=entry.bm25(request.terms, idf), similarity=entry.similarity(request.vector))


def _shown(entry: Entry) -> Passage:
    chunk = entry.chunk
    return Passage(
        chunk_id=chunk.chunk_id,
        document_id=entry.ref.document_id,
        title=chunk.title,
        text=chunk.text,
        place=chunk.place,
        heading_path=chunk.heading_path,
    )


def _ranks(passages: Iterable[Passage], key: Callable[[Passage], float], limit: int) -> dict[UUID, int]:
    """{chunk id: rank from 1} of the first ``limit``."""
    ordered = sorted(passages, key=lambda passage: (key(passage), passage.chunk_id))
    return {passage.chunk_id: rank for rank, passage in enumerate(ordered[:limit], start=1)}


@dataclass(slots=True)
class MemoryBackend:
    """Implements ``IndexBackend``; what it holds outlives its transactions, and no rollback undoes it."""

    entries: dict[UUID, Entry] = field(default_factory=dict)

    def prepare_text(self, chunks: Sequence[Chunk]) -> PreparedText:
        return prepare_text(chunks)

    def prepare_vectors(self, chunks: Sequence[Chunk], vectors: Iterable[Vector]) -> dict[UUID, Vector]:
        return prepare_vectors(chunks, vectors)

    def open(self, tx: Transaction) -> ChunkIndex:
        return MemoryIndex(tx.tenant_id, self.entries)
