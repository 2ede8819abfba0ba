"""Stage: search by words and by vector, and fuse both legs into one ranking."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from voicehelper.index.bm25 import query_counts
from voicehelper.index.fusion import fuse, fuse_rankings
from voicehelper.index.protocol import ChunkIndex, Legs, SearchRequest
from voicehelper.models.protocols import Vector
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.language import text_language

# Each leg recalls at least twice ``top_k``; a few more chunks cost nothing measurable.
LEG_LIMIT: Final = 50
CANDIDATES: Final = 20
CROSS_LINGUAL_LIMIT: Final = 2
_NAMES: Final[dict[Legs, str]] = {"both": "hybrid_retrieval", "lexical": "bm25_search", "vector": "vector_search"}


@dataclass(frozen=True, slots=True)
class HybridSearch:
    """Two legs, each of which may be left out. Sets passages and idf.

    Keeps the best ``CANDIDATES`` and, whatever their rank, the nearest in the language the question is not in.
    """

    index: ChunkIndex
    kb_ids: Sequence[UUID]
    by_vector: bool = True
    by_words: bool = True
    indexes: Collection[str] = ()
    optional: bool = False

    @property
    def name(self) -> str:
        if not self.by_vector:
            return _NAMES["lexical"]
        return _NAMES["both"] if self.by_words else _NAMES["vector"]

    def __call__(self, state: Retrieval) -> Retrieval:
        request, limit = self.request(state), candidate_limit(state.question.top_k)
        hits = self.index.search(request)
        rankings = [fuse(hits.passages, request.legs, state.question.fusion, limit=limit)]
        is_fallback = hits.is_fallback
        for paraphrase in state.paraphrases:
            other = self._request(state, paraphrase.text, paraphrase.vector)
            found = self.index.search(other)
            rankings.append(fuse(found.passages, other.legs, state.question.fusion, limit=limit))
            is_fallback |= found.is_fallback
        passages = fuse_rankings(rankings, limit=limit) if state.paraphrases else rankings[0]
        return replace(state, passages=tuple(passages), idf=hits.idf, is_fallback=is_fallback)

    def request(self, state: Retrieval) -> SearchRequest:
        """What the index is asked."""
        return self._request(state, state.queries[0], state.vector)

    def _request(self, state: Retrieval, text: str, vector: Vector | None) -> SearchRequest:
        question = state.question
        return SearchRequest(
            kb_ids=self.kb_ids,
            terms=query_counts(text) if self.by_words else {},
            vector=vector if self.by_vector else None,
            leg_limit=max(LEG_LIMIT, 2 * question.top_k),
            cross_lingual_limit=CROSS_LINGUAL_LIMIT,
            is_chinese=text_language(question.text) == "zh",
            metadata=question.metadata,
            indexes=self.indexes,
        )


def candidate_limit(top_k: int) -> int:
    return max(CANDIDATES, top_k)
