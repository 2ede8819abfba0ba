from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.retrieval.pipeline import Retrieval, Stage, retrieve, start
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.trace import StageRun, Trace

from tests.unit.answering.passages import passage

QUESTION = Question("How long?", None, "en")
FOUND = (passage("24 months", number=1), passage("12 hours", number=2))


@dataclass
class FakeStage:
    name: str
    work: Callable[[Retrieval], Retrieval] = lambda state: state
    optional: bool = False

    def __call__(self, state: Retrieval) -> Retrieval:
        return self.work(state)


def seconds() -> Callable[[], float]:
    """A clock that is one second later at every look."""
    ticks = itertools.count()
    return lambda: float(next(ticks))


def run(*stages: Stage) -> Retrieval:
    return retrieve(start(QUESTION), stages, seconds())


def find(state: Retrieval) -> Retrieval:
    return replace(state, passages=FOUND)


def fail(_: Retrieval) -> Retrieval:
    raise UpstreamUnavailableError("no answer")


def test_every_stage_leaves_one_line_in_the_trace() -> None:
    found = run(FakeStage("first"), FakeStage("second", find))

    assert found.passages == FOUND
    assert found.trace.runs == (
        StageRun("first", 1.0),
        StageRun("second", 1.0, tuple(passage.chunk_id for passage in FOUND)),
    )


def test_a_stage_with_nothing_to_do_says_why() -> None:
    found = run(FakeStage("graph", lambda state: state.skip("one hop")), FakeStage("search", find))

    assert [run.skip_reason for run in found.trace.runs] == ["one hop", ""]


def test_an_optional_stage_that_fails_keeps_the_order_and_says_so() -> None:
    found = run(FakeStage("search", find), FakeStage("rerank", fail, optional=True))

    assert found.passages == FOUND
    assert found.trace.runs[1].skip_reason == "failed: no answer"


def test_a_stage_that_is_not_optional_raises() -> None:
    with pytest.raises(UpstreamUnavailableError):
        run(FakeStage("search", fail))


def test_a_trace_tells_what_ran_and_how_long() -> None:
    trace = Trace((StageRun("search", 0.5), StageRun("graph", 0.1, skip_reason="one hop"), StageRun("search", 0.25)))

    assert trace.seconds(["search"]) == 0.75
    assert (trace.ran("search"), trace.ran("graph"), trace.ran("rerank")) == (True, False, False)
    assert trace.features(["graph", "search"]) == ["search", "search"]
