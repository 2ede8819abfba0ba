"""``Passage``: a chunk in the results of a search, with its scores. Retrieval ranks and answering cites passages."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from voicehelper.index.chunk import Place


@dataclass(frozen=True, slots=True)
class Passage:
    """``bm25`` and ``similarity`` (cosine) are the legs' own scores; ``similarity`` is None without a vector.

    ``lexical_rank`` and ``vector_rank`` count from 1 and are None for a chunk that is not in the leg. ``score`` is the
    fused score, 0 … 1, and 0 before fusion. ``is_cross_lingual`` marks the best passages in the language that the
    question is not in. ``after`` and ``before`` are the found chunk that this one stands beside in its document, of
    passages that were read for that reason.
    """

    chunk_id: UUID
    document_id: UUID
    title: str
    text: str
    place: Place
    heading_path: tuple[str, ...] = ()
    bm25: float = 0.0
    similarity: float | None = None
    lexical_rank: int | None = None
    vector_rank: int | None = None
    is_cross_lingual: bool = False
    score: float = 0.0
    after: UUID | None = None
    before: UUID | None = None

    @property
    def page(self) -> int | None:
        return self.place.page
