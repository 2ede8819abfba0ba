"""The chunks that hold the expected evidence, and the ranks that both legs give them; ``diagnose`` calls it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from voicehelper.index.bm25 import query_counts
from voicehelper.index.passage import Passage
from voicehelper.index.protocol import ChunkIndex, SearchRequest
from voicehelper.text.matching import contains, shared_part

MAX_CHUNKS: Final = 2000  # of a document
_HOLDING_LIMIT: Final = 200  # chunks nearest to the expected text by its words
# Ranks are looked for so deep; what is behind is as good as lost.
DEEP_LIMIT: Final = 500


@dataclass(frozen=True, slots=True)
class Evidence:
    """``chunk_ids`` hold the expected text, or are all of the document's.

    Without any, ``is_divided`` says that the text begins in one chunk and ends in the next, and ``likeness`` which
    share of its words the nearest chunk has.
    """

    chunk_ids: frozenset[UUID]
    is_divided: bool = False
    likeness: float = 0.0


def find_evidence(index: ChunkIndex, kb_id: UUID, document_id: UUID | None, text: str | None) -> Evidence:
    """In the document if there is one, else in the chunks of the base that have most of the text's words."""
    if document_id is not None:
        chunks: Sequence[Passage] = index.read([document_id], limit=MAX_CHUNKS)
    else:
        request = SearchRequest([kb_id], terms=query_counts(text or ""), leg_limit=_HOLDING_LIMIT)
        chunks = index.search(request).passages
    if text is None:
        return Evidence(frozenset(chunk.chunk_id for chunk in chunks))
    if holding := frozenset(chunk.chunk_id for chunk in chunks if says(chunk, text)):
        return Evidence(holding)
    return _missed(chunks, text, in_order=document_id is not None)


def says(chunk: Passage, text: str) -> bool:
    return contains(_whole(chunk), text)


def _missed(chunks: Sequence[Passage], text: str, *, in_order: bool) -> Evidence:
    pairs = itertools.pairwise(chunks) if in_order else ()
    is_divided = any(contains(f"{one.text}\n{other.text}", text) for one, other in pairs)
    return Evidence(frozenset(), is_divided, max((shared_part(_whole(chunk), text) for chunk in chunks), default=0.0))


def _whole(chunk: Passage) -> str:
    """A heading may be all that is expected."""
    return f"{chunk.title}\n{chunk.text}"


@dataclass(frozen=True, slots=True)
class LegRank:
    """The best of the evidence in one leg; ``rank`` None if it is not among the first ``DEEP_LIMIT``."""

    rank: int | None
    score: float | None
    limit: int
    chunk_id: UUID | None = None

    @property
    def is_recalled(self) -> bool:
        return self.rank is not None and self.rank <= self.limit


def leg_ranks(index: ChunkIndex, request: SearchRequest, chunk_ids: frozenset[UUID]) -> tuple[LegRank, LegRank]:
    """(by words, by meaning): one search that goes deeper than the question's own, if there is anything to rank."""
    if not chunk_ids:
        return _unranked(request.leg_limit), _unranked(request.leg_limit)
    deep = replace(request, leg_limit=max(DEEP_LIMIT, request.leg_limit), indexes=())
    hits = [passage for passage in index.search(deep).passages if passage.chunk_id in chunk_ids]
    by_words = min((p for p in hits if p.lexical_rank), key=lambda p: p.lexical_rank or 0, default=None)
    by_meaning = min((p for p in hits if p.vector_rank), key=lambda p: p.vector_rank or 0, default=None)
    limit = request.leg_limit
    return (
        LegRank(by_words.lexical_rank, by_words.bm25, limit, by_words.chunk_id) if by_words else _unranked(limit),
        LegRank(by_meaning.vector_rank, by_meaning.similarity, limit, by_meaning.chunk_id)
        if by_meaning
        else _unranked(limit),
    )


def _unranked(limit: int) -> LegRank:
    return LegRank(None, None, limit)
