"""How well an embedding tells texts apart: norms, similarities, the spread of each dimension, and the margin.

``analyse`` is the entry of POST /embeddings/analysis. Plain numbers: some fifty texts need no array library.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from voicehelper.models.protocols import Vector


@dataclass(frozen=True, slots=True)
class Margin:
    """Mean cosine of texts of one group and of texts of different groups. ``ordered`` is the share of (related,
    unrelated) pairs in which the related one is nearer: 0.5 by chance, 1 if a threshold separates them.
    """

    related: float
    unrelated: float
    margin: float
    ordered: float


@dataclass(frozen=True, slots=True)
class Quality:
    """``similarity[i][j]`` is the cosine of texts i and j; ``mean`` and ``deviation`` have one value a dimension."""

    norms: Sequence[float]
    similarity: Sequence[Sequence[float]]
    mean: Sequence[float]
    deviation: Sequence[float]
    margin: Margin | None


def analyse(vectors: Sequence[Vector], groups: Sequence[str] = ()) -> Quality:
    """``groups`` has a label a text; without related and unrelated pairs there is no margin."""
    rows = [[float(value) for value in vector] for vector in vectors]
    norms = [math.hypot(*row) for row in rows]
    units = [[value / (norm or 1.0) for value in row] for row, norm in zip(rows, norms, strict=True)]
    similarity = [[sum(a * b for a, b in zip(one, other, strict=True)) for other in units] for one in units]
    columns = list(zip(*rows, strict=True))
    return Quality(
        norms, similarity, [fmean(c) for c in columns], [pstdev(c) for c in columns], _margin(similarity, groups)
    )


def _margin(similarity: Sequence[Sequence[float]], groups: Sequence[str]) -> Margin | None:
    pairs = list(itertools.combinations(range(len(groups)), 2))
    related = [similarity[i][j] for i, j in pairs if groups[i] == groups[j]]
    unrelated = [similarity[i][j] for i, j in pairs if groups[i] != groups[j]]
    if not related or not unrelated:
        return None
    one, other = fmean(related), fmean(unrelated)
    return Margin(one, other, one - other, _ordered(related, unrelated))


def _ordered(related: Sequence[float], unrelated: Sequence[float]) -> float:
    """The area under the ROC curve; ties count half."""
    wins = sum((r > u) + (r == u) / 2 for r in related for u in unrelated)
    return wins / (len(related) * len(unrelated))
