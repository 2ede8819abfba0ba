from __future__ import annotations

from voicehelper.answering.events import Answered, Composed, Delta, Usage, final_answer, whole
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.trace import Trace

ANSWERED = Answered("a b", [], Classification("factual", "simple", "x"), Usage("m"), Trace(), 0.0)


def test_the_last_event_is_the_answer() -> None:
    assert final_answer([Delta("a "), Delta("b"), ANSWERED]) is ANSWERED


def test_the_deltas_of_a_whole_answer_are_its_text() -> None:
    composed = Composed("a b", [], refused=False, confidence=1.0, usage=Usage("m"))

    *deltas, last = whole(composed)

    assert last is composed
    assert "".join(delta.text for delta in deltas if isinstance(delta, Delta)) == composed.text
