"""Merging ranked lists in memory, for lists that do not come from one statement (languages, paraphrases, stores)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def reciprocal_rank_fusion(rankings: Sequence[Sequence[str]], k: int = 60) -> list[tuple[str, float]]:
    """Merge ranked lists of chunk ids into one, best first.

    score(d) = sum over lists of 1 / (k + rank of d), ranks from 1. Only ranks count, so scores of different
    queries or kinds need no common scale. Ties keep the order in which ids were first seen.

    Source: Cormack, Clarke and Büttcher, SIGIR 2009 (k = 60 is theirs).
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (k + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def convex_fusion(
    dense: Mapping[str, float], sparse: Mapping[str, float], weight: float = 0.5
) -> list[tuple[str, float]]:
    """Merge two scored sets by min-max normalised scores, best first: ``weight`` is the dense leg's share.

    Source: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023.
    """
    first, second = min_max(dense), min_max(sparse)
    keys = dict.fromkeys([*dense, *sparse])
    scores = {key: weight * first.get(key, 0.0) + (1 - weight) * second.get(key, 0.0) for key in keys}
    return sorted(scores.items(), key=lambda item: -item[1])


def min_max(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores moved to 0 … 1; all equal become 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {key: (score - low) / (high - low) if high > low else 1.0 for key, score in scores.items()}
