"""Retrieval is a list of stages with one signature; ``retrieve`` runs them and writes the trace.

``plan.py`` makes the lists: what precedes the search, and the search itself; ``answering`` is the caller.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import UUID

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.passage import Passage
from voicehelper.models.protocols import Vector
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.trace import FAILED, StageRun, Trace
from voicehelper.text.question_terms import OtherName

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """The question in other words; ``vector`` is None where words alone are searched."""

    text: str
    vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """``prompt_tokens`` are among the tokens."""

    tokens: int = 0
    cost_usd: float = 0.0
    prompt_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The state of a retrieval; each stage returns a changed copy.

    ``asked`` is the question as it stands alone, which an answer is judged by. ``queries`` are the texts to search for,
    ``vector`` is that of the first one. ``passages`` come best first, with scores of 0 … 1; of the documents in
    ``whole_tables`` they hold every row of a table. ``read`` are the same passages, shortened, where an answer is
    written from less than the whole. ``idf`` is the inverse document frequency in the searched bases,
    by term id of the question. ``names`` are what the searched documents call things of the question, too,
    ``paraphrases`` other ways of asking, and ``spent`` is what a stage's calls of chat models cost.
    ``embedded_tokens`` and ``reranked_tokens`` are about those that the models of that kind read. ``is_fallback``: the
    search engine was away for one search at least, and the database was searched.
    """

    question: Question
    asked: str
    queries: tuple[str, ...]
    vector: Vector | None = None
    classification: Classification | None = None
    passages: tuple[Passage, ...] = ()
    whole_tables: frozenset[UUID] = frozenset()
    idf: Mapping[int, float] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)
    skip_reason: str = ""  # why the last stage did nothing
    paths: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)  # by which the last stage came to passages
    read: tuple[Passage, ...] = ()
    names: tuple[OtherName, ...] = ()
    paraphrases: tuple[Paraphrase, ...] = ()
    spent: Spent | None = None
    embedded_tokens: int = 0
    reranked_tokens: int = 0
    is_fallback: bool = False

    def skip(self, reason: str) -> Retrieval:
        """Returned by a stage that does nothing."""
        return replace(self, skip_reason=reason)


class Stage(Protocol):
    """``name`` is shown in ``features_used`` and spans. If an ``optional`` stage fails, the passages stay unchanged and
    the trace holds the reason.
    """

    @property
    def name(self) -> str: ...

    @property
    def optional(self) -> bool: ...

    def __call__(self, state: Retrieval) -> Retrieval: ...


def start(question: Question) -> Retrieval:
    """The state before the first stage."""
    return Retrieval(question, question.text, (question.text,))


def retrieve(state: Retrieval, stages: Sequence[Stage], clock: Clock = time.monotonic) -> Retrieval:
    """Run the stages in order and time each. Errors of stages that are not optional propagate."""
    for stage in stages:
        started = clock()
        result = _run(stage, state)
        chunk_ids = tuple(passage.chunk_id for passage in result.passages)
        scores = tuple(passage.score for passage in result.passages)
        seconds = clock() - started
        run = StageRun(stage.name, seconds, chunk_ids, result.skip_reason, scores, result.paths, began=started)
        state = replace(result, skip_reason="", paths={}, trace=state.trace + run)
    return state


def _run(stage: Stage, state: Retrieval) -> Retrieval:
    try:
        return stage(state)
    except UpstreamUnavailableError as error:
        if not stage.optional:
            raise
        return state.skip(f"{FAILED}{error}")
