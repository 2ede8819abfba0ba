"""Stage: order the first passages by how closely the question's words stand together in them, beside their score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from voicehelper.index.passage import Passage
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import QuestionTerms, idf_lookup, question_terms
from voicehelper.text.windows import title_terms, windows

# Beside a fused score of 1; fitted on the development sets (docs/benchmarks.md).
_WEIGHT: Final = 0.1


@dataclass(frozen=True, slots=True)
class LexicalRerank:
    """Of the first ``depth`` passages; the others follow in their order. Scores stay 0 … 1 and descending."""

    depth: int
    name: str = "lexical_rerank"
    optional: bool = True

    def __call__(self, state: Retrieval) -> Retrieval:
        query_terms = question_terms(state.asked, idf_lookup(state.idf), state.names)
        if len(state.passages) < 2 or not query_terms.total:
            return state.skip("nothing to order by")
        first = [_rescored(p, _closeness(query_terms, p)) for p in state.passages[: self.depth]]
        rest = [_rescored(p, 0.0) for p in state.passages[self.depth :]]
        return replace(state, passages=(*sorted(first, key=lambda passage: -passage.score), *rest))


def _closeness(query_terms: QuestionTerms, passage: Passage) -> float:
    """Share of the question's weight in the best window under its title, 0 … 1."""
    title = title_terms(passage.title)
    return max(query_terms.coverage(title | own) for own, _ in windows(passage.text))


def _rescored(passage: Passage, closeness: float) -> Passage:
    return replace(passage, score=(passage.score + _WEIGHT * closeness) / (1 + _WEIGHT))
