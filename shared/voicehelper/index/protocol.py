"""The edge every index stands behind; ``resources.chunk_index`` says which one a deployment uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.bm25 import TextEntries
from voicehelper.index.chunk import Chunk
from voicehelper.index.passage import Passage
from voicehelper.models.protocols import Vector
from voicehelper.shapes.document_ref import DocumentRef

Legs = Literal["both", "lexical", "vector"]


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for in which bases. No ``terms`` leaves the lexical leg out, ``vector`` None the vector leg.

    ``terms`` is {term id: how often the question says it}. Each leg recalls ``leg_limit`` chunks.
    ``cross_lingual_limit`` asks for as many of the nearest chunks in the language that the question is not in
    (``is_chinese`` says which one it is in). ``metadata`` must be held by the chunk's document.
    """

    kb_ids: Sequence[UUID]
    terms: Mapping[int, int] = field(default_factory=dict)
    vector: Vector | None = None
    leg_limit: int = 50
    cross_lingual_limit: int = 0
    is_chinese: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def legs(self) -> Legs:
        if self.vector is None:
            return "lexical"
        return "both" if self.terms else "vector"


@dataclass(frozen=True, slots=True)
class Hits:
    """Every chunk that a leg found, with both legs' scores, in no order; ``idf`` by term id of the question."""

    passages: tuple[Passage, ...] = ()
    idf: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexCounts:
    """What the index holds of one document."""

    chunks: int
    vectors: int


class ChunkIndex(Protocol):
    """One tenant's chunks, by document. Made for one transaction, inside which an index in the database writes."""

    def replace_text(self, ref: DocumentRef, entries: TextEntries, metadata: Mapping[str, Any]) -> None:
        """Old chunks out, new ones in, at once: from here on words find them. Repeating changes nothing."""

    def add_vectors(self, ref: DocumentRef, chunks: Sequence[Chunk], vectors: Sequence[Vector]) -> None:
        """One vector per chunk, in their order, instead of those of an earlier run."""

    def delete(self, ref: DocumentRef) -> None:
        """The document answers nothing any more. Repeating is harmless."""

    def drop_vectors(self, kb_id: UUID) -> None:
        """Forget every vector of a base, as before it is built with another model."""

    def count(self, ref: DocumentRef) -> IndexCounts: ...

    def search(self, wanted: Search) -> Hits: ...


class OpenIndex(Protocol):
    def __call__(self, tx: Transaction) -> ChunkIndex: ...
