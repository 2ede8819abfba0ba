"""Retrieval is a list of stages with one signature; ``retrieve`` runs them and writes the trace.

``plan`` (plan.py) makes the list; ``answering`` is the caller.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.passage import Passage
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.trace import StageRun, Trace

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Everything known so far; a stage returns a changed copy.

    ``queries`` are the texts that are searched for. ``passages`` come best first, with scores of 0 … 1. ``idf`` is
    the inverse document frequency by term id of the question, as the searched bases have it.
    """

    question: Question
    queries: tuple[str, ...]
    classification: Classification | None = None
    passages: tuple[Passage, ...] = ()
    idf: Mapping[int, float] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)
    skipped: str = ""  # why the stage that just ran did nothing

    def skip(self, reason: str) -> Retrieval:
        """What a stage returns that has nothing to do here."""
        return replace(self, skipped=reason)


class Stage(Protocol):
    """``name`` is the one that ``features_used``, spans and a diagnosis show. An ``optional`` stage may fail: the
    passages stay as they were, and the trace says so.
    """

    @property
    def name(self) -> str: ...

    @property
    def optional(self) -> bool: ...

    def __call__(self, state: Retrieval) -> Retrieval: ...


def retrieve(question: Question, stages: Sequence[Stage], clock: Clock = time.monotonic) -> Retrieval:
    """Run the stages in order, each timed. Raises what a stage that is not optional raises."""
    state = Retrieval(question, (question.text,))
    for stage in stages:
        started = clock()
        changed = _run(stage, state)
        kept = tuple(passage.chunk_id for passage in changed.passages)
        run = StageRun(stage.name, clock() - started, kept, changed.skipped)
        state = replace(changed, skipped="", trace=state.trace + run)
    return state


def _run(stage: Stage, state: Retrieval) -> Retrieval:
    try:
        return stage(state)
    except UpstreamUnavailableError as error:
        if not stage.optional:
            raise
        return state.skip(f"failed: {error}")
