"""Stage: promote passages in the other language if those in the question's own language do not cover it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.index.passage import Passage
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.retrieval.stages.search import CROSS_LINGUAL_LIMIT, candidate_limit
from voicehelper.text.question_terms import content_ids
from voicehelper.text.tokenization import term_counts

# Share of the question's idf above which own-language passages answer it. On parallel text 95 % of the questions that
# only the other language answers are below, and 70 % of the others above.
MIN_OWN_COVERAGE: Final = 0.6
_COVERAGE_PASSAGES: Final = 3
# The embedding rates its own language some .115 above the other (median over parallel text); with a smaller difference
# than this, the other language's best passage is about the question.
LANGUAGE_GAP: Final = 0.075
_PROMOTED_INDEX: Final = 3


@dataclass(frozen=True, slots=True)
class CrossLingual:
    name: str = "cross_lingual_promotion"
    optional: bool = False

    def __call__(self, state: Retrieval) -> Retrieval:
        limit = candidate_limit(state.question.top_k)
        if best_coverage(state.passages, content_idf(state)) > MIN_OWN_COVERAGE:
            truncated = replace(state, passages=state.passages[:limit])
            return truncated.skip("the question's own language covers it")
        return replace(state, passages=tuple(promote_cross_lingual(state.passages, limit)))


def content_idf(state: Retrieval) -> Mapping[int, float]:
    """idf of the question's content terms; of all its terms if it has none."""
    content = content_ids(state.asked)
    return {term: weight for term, weight in state.idf.items() if term in content} or state.idf


def best_coverage(passages: Sequence[Passage], idf: Mapping[int, float]) -> float:
    """Largest share of the question's idf that one of the first passages covers, 0 … 1."""
    total = sum(idf.values())
    terms = [term_counts(f"{passage.title}\n{passage.text}") for passage in passages[:_COVERAGE_PASSAGES]]
    shares = (sum(weight for term, weight in idf.items() if term in present) / total for present in terms)
    return max(shares, default=0.0) if total else 0.0


def promote_cross_lingual(passages: Sequence[Passage], limit: int) -> list[Passage]:
    """At most ``limit`` passages, with the other language's best ones fourth and fifth if they are similar enough.

    In one ranking of both languages, an answer in the other one is found for 2 of 100 questions; with this, for 2 of 3.
    """
    own = [p.similarity for p in passages if not p.is_cross_lingual and p.similarity is not None]
    nearest = max(own, default=0.0)
    close = [p for p in passages if p.is_cross_lingual and (p.similarity or 0) >= nearest - LANGUAGE_GAP]
    low_ranked = [passage for passage in close if passage not in passages[: _PROMOTED_INDEX + CROSS_LINGUAL_LIMIT]]
    rest = [passage for passage in passages if passage not in low_ranked][: max(0, limit - len(low_ranked))]
    if not low_ranked:
        return rest
    at = min(_PROMOTED_INDEX, len(rest))
    ceiling = rest[at - 1].score if at else 1.0
    promoted = [replace(passage, score=max(passage.score, ceiling * 0.9)) for passage in low_ranked]
    tail = [replace(passage, score=min(passage.score, ceiling * 0.9)) for passage in rest[at:]]
    return [*rest[:at], *promoted, *tail]
