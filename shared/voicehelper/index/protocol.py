"""``ChunkIndex``, the protocol of every index, and its values; ``resources.chunk_index`` selects the implementation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.chunk import Chunk
from voicehelper.index.passage import Passage
from voicehelper.models.protocols import Vector
from voicehelper.shapes.document_ref import DocumentRef

Legs = Literal["both", "lexical", "vector"]
Prepared = Any  # what an index is about to write, in its own form; opaque to everyone else


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search of ``kb_ids``. Empty ``terms`` leave the lexical leg out, ``vector`` None the vector leg.

    ``terms`` is {term id: occurrences in the question}. Each leg recalls ``leg_limit`` chunks. In addition, the nearest
    ``cross_lingual_limit`` chunks in the language that the question is not in are recalled; ``is_chinese`` is the
    question's. Only documents whose metadata contains ``metadata`` are searched. ``indexes`` are those of the one base
    that is searched (``BaseFacts``), for an index that has any of its own for large bases.
    """

    kb_ids: Sequence[UUID]
    terms: Mapping[int, int] = field(default_factory=dict)
    vector: Vector | None = None
    leg_limit: int = 50
    cross_lingual_limit: int = 0
    is_chinese: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)
    indexes: Collection[str] = ()

    @property
    def legs(self) -> Legs:
        if self.vector is None:
            return "lexical"
        return "both" if self.terms else "vector"


@dataclass(frozen=True, slots=True)
class Hits:
    """The candidates of both legs with both scores, unordered; ``idf`` by term id of the question.

    ``is_fallback``: the search engine of the deployment was away, and the database was searched instead.
    """

    passages: tuple[Passage, ...] = ()
    idf: Mapping[int, float] = field(default_factory=dict)
    is_fallback: bool = False


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """Which chunks of ``kb_ids`` are named by the chunks ``chunk_ids``, by a question with ``terms``, and by those.

    ``terms`` is {term id: occurrences in the question times idf}; ``vector`` and ``metadata`` are as in a search.
    """

    kb_ids: Sequence[UUID]
    chunk_ids: Sequence[UUID]
    terms: Mapping[int, float] = field(default_factory=dict)
    vector: Vector | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """``source`` has all terms of the name ``phrase``, which is one of ``passage``'s; None is the question.

    ``hop`` is 1 from the question or a chunk that was asked for, 2 from one that the first hop reached.
    ``frequency`` is the number of chunks that have the name's rarest term.
    """

    source: UUID | None
    phrase: str
    is_title: bool
    hop: int
    frequency: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class IndexCounts:
    """Number of chunks and vectors of one document in the index."""

    chunks: int
    vectors: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The chunk that stands directly before (``step`` -1) or after (1) a chunk, or that a table began in."""

    chunk_id: UUID
    step: int
    is_table: bool = False


class ChunkIndex(Protocol):
    """One tenant's chunks by document, for one transaction: an index in the database writes inside it.

    Whatever changes the content calls ``bases.touch_base``, so that no cached answer outlives it.
    """

    def replace_text(self, ref: DocumentRef, text: Prepared, metadata: Mapping[str, Any]) -> None:
        """Replace the document's chunks and their lexical weights; idempotent."""

    def add_vectors(self, ref: DocumentRef, vectors: Prepared) -> None:
        """Store one vector per chunk; replaces those of an earlier run."""

    def put_chunks(self, ref: DocumentRef, text: Prepared, vectors: Prepared, metadata: Mapping[str, Any]) -> None:
        """Write some chunks of the document with their vectors, in place of those with the same ids."""

    def remove_chunks(self, ref: DocumentRef, chunk_ids: Sequence[UUID]) -> None:
        """Remove these chunks of the document from search; idempotent."""

    def set_metadata(self, ref: DocumentRef, metadata: Mapping[str, Any]) -> None:
        """What filters compare, on every chunk of the document."""

    def delete(self, ref: DocumentRef) -> None:
        """Remove the document from search; idempotent."""

    def drop_vectors(self, kb_id: UUID) -> None:
        """Remove all vectors of a base, before it is built with another model."""

    def count(self, ref: DocumentRef) -> IndexCounts: ...

    def needs_upkeep(self, kb_id: UUID) -> bool:
        """Whether the base has become so large that the index should be looked after, outside any transaction."""

    def search(self, request: SearchRequest) -> Hits: ...

    def links(self, request: LinkRequest) -> list[Link]:
        """Links by names, two hops at most and bounded at each (``links``); unordered."""

    def read(self, document_ids: Sequence[UUID], *, sheet: str | None = None, limit: int) -> list[Passage]:
        """The first ``limit`` chunks of each document, or of its sheet, in order and without scores."""

    def beside(self, wanted: Sequence[Beside]) -> list[Passage]:
        """The chunks that exist, in the order of ``wanted``, without scores; ``after`` or ``before`` says of which."""


class IndexBackend(Protocol):
    """A kind of index. Preparing takes longer than writing and needs no connection: it comes before a transaction."""

    def prepare_text(self, chunks: Sequence[Chunk]) -> Prepared: ...

    def prepare_vectors(self, chunks: Sequence[Chunk], vectors: Iterable[Vector]) -> Prepared:
        """``vectors`` in the order of the chunks."""

    def open(self, tx: Transaction) -> ChunkIndex: ...
