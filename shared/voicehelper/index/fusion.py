"""Fuses the scores of the lexical and the vector leg into one ranking.

``fuse`` is the entry; the search stage calls it. Not part of an index, so that every index ranks the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, Literal
from uuid import UUID

from voicehelper.index.passage import Passage
from voicehelper.index.protocol import Legs

Fusion = Literal["convex", "rrf"]

RRF_K: Final = 60
DENSE_WEIGHT: Final = 0.5
# Passages of the cross-lingual look-up that are in neither leg rank after all others.
_UNRANKED: Final = 1_000_000

Score = Callable[[Passage], float]


def fuse(
    passages: Sequence[Passage], legs: Legs, fusion: Fusion = "convex", *, limit: int | None = None
) -> list[Passage]:
    """Best first, each with its ``score`` of 0 … 1. Ties are broken by BM25, then by chunk id.

    Of those past ``limit``, only the nearest in the language that the question is not in are kept.
    """
    if not passages:
        return []
    score = _reciprocal_rank(passages) if fusion == "rrf" else _CONVEX[legs](passages)
    ranking = [(score(passage), passage) for passage in passages]
    ranking.sort(key=lambda item: (-item[0], -item[1].bm25, item[1].chunk_id))
    kept = (item for n, item in enumerate(ranking) if limit is None or n < limit or item[1].is_cross_lingual)
    return [replace(passage, score=min(1.0, max(0.0, value))) for value, passage in kept]


def _convex(passages: Sequence[Passage]) -> Score:
    """Half of each leg's min-max normalised score.

    Source: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023.
    """
    nearness, overlap = _min_max(_similarities(passages)), _min_max([passage.bm25 for passage in passages])
    return lambda passage: (
        DENSE_WEIGHT * nearness(passage.similarity, 0.0)
        + (1 - DENSE_WEIGHT) * overlap(passage.bm25, 1.0 if passage.bm25 > 0 else 0.0)
    )


def _vector_alone(passages: Sequence[Passage]) -> Score:
    """The leg's own order; the best passage scores 1."""
    nearness = _min_max(_similarities(passages))
    return lambda passage: nearness(passage.similarity, 1.0)


def _lexical_alone(passages: Sequence[Passage]) -> Score:
    scores = [passage.bm25 for passage in passages]
    best = max(scores)
    return lambda passage: passage.bm25 / best if best > min(scores) else 1.0


def fuse_rankings(rankings: Sequence[Sequence[Passage]], *, limit: int) -> list[Passage]:
    """Several rankings, each best first, as one by the same sum over ranks; the best passage scores 1.

    A passage has the legs' scores of the first ranking that it is in.
    """
    scores: dict[UUID, float] = {}
    seen: dict[UUID, Passage] = {}
    for ranking in rankings:
        for rank, passage in enumerate(ranking, start=1):
            seen.setdefault(passage.chunk_id, passage)
            scores[passage.chunk_id] = scores.get(passage.chunk_id, 0.0) + 1 / (RRF_K + rank)
    ranked = sorted(scores, key=lambda chunk_id: -scores[chunk_id])
    kept = (key for n, key in enumerate(ranked) if n < limit or seen[key].is_cross_lingual)
    return [replace(seen[key], score=scores[key] / scores[ranked[0]]) for key in kept]


_CONVEX: Final = {"both": _convex, "vector": _vector_alone, "lexical": _lexical_alone}


def _similarities(passages: Sequence[Passage]) -> list[float]:
    return [passage.similarity for passage in passages if passage.similarity is not None]


def _min_max(scores: Iterable[float]) -> Callable[[float | None, float], float]:
    """(score, default if it is None or all are equal) → 0 … 1."""
    values = list(scores)
    low, high = min(values, default=0.0), max(values, default=0.0)

    def normalise(score: float | None, default: float) -> float:
        return default if score is None or high == low else (score - low) / (high - low)

    return normalise


def _reciprocal_rank(passages: Sequence[Passage]) -> Score:
    """score = sum over legs of 1 / (k + rank), ranks from 1, divided by the highest; only ranks count.

    Source: Cormack, Clarke and Büttcher, SIGIR 2009 (k = 60 is theirs).
    """

    def total(passage: Passage) -> float:
        ranks = [rank for rank in (passage.vector_rank, passage.lexical_rank) if rank]
        ranks += [_UNRANKED] if passage.is_cross_lingual else []
        return sum(1 / (RRF_K + rank) for rank in ranks)

    best = max(map(total, passages))
    return lambda passage: total(passage) / best
