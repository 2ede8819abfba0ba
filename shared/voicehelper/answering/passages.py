"""The passages for a question, without an answer; ``find_passages`` is the entry of POST /retrieval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.events import Missing, SourcePassage
from voicehelper.answering.service import Searcher, missing_in, search_bases
from voicehelper.answering.sources import source_passage, with_falling_scores
from voicehelper.index.passage import Passage
from voicehelper.retrieval.question import Leg, Question
from voicehelper.retrieval.trace import Trace


@dataclass(frozen=True, slots=True)
class FoundPassages:
    """``passages`` come best first, none of them cited. ``legs`` are those that were searched."""

    passages: Sequence[SourcePassage]
    legs: Sequence[Leg]
    trace: Trace
    total_s: float
    degraded: tuple[Missing, ...] = ()


# By the name of the search.
LEGS_OF: Final[Mapping[str, tuple[Leg, ...]]] = {
    "hybrid_retrieval": ("words", "meaning"),
    "bm25_search": ("words",),
    "vector_search": ("meaning",),
}


def find_passages(tenant: TenantDatabase, question: Question, searcher: Searcher) -> FoundPassages:
    """The best ``top_k`` passages that the search found. Raises as ``search_bases`` does."""
    started = searcher.clock()
    retrieval, filenames = search_bases(tenant, question, searcher)
    best = with_falling_scores([passage for passage in retrieval.passages if _is_found(passage)][: question.top_k])
    return FoundPassages(
        passages=[source_passage(p, retrieval.asked, filenames, is_cited=False) for p in best],
        legs=searched_legs(retrieval.trace),
        trace=retrieval.trace,
        total_s=searcher.clock() - started,
        degraded=missing_in(retrieval),
    )


def searched_legs(trace: Trace) -> tuple[Leg, ...]:
    return next((LEGS_OF[run.name] for run in trace.runs if run.name in LEGS_OF), ())


def _is_found(passage: Passage) -> bool:
    """The rest of a table that an answer would count over is no result of the search."""
    return bool(passage.score or passage.lexical_rank or passage.vector_rank or passage.is_cross_lingual)
