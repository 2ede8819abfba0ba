"""The order that a model gives which reads each passage with the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.retrieval.pipeline import retrieve
from voicehelper.retrieval.stages.cross_encoder import NAME, CrossEncoderRerank

from tests.unit.retrieval.stages.test_rerank import retrieval

TEXTS = ("The gate is green.", "Parking costs four euros.", "Dogs wait outside.", "Lunch is at noon.")


@dataclass
class ByLength:
    """The longer a text, the better."""

    read: list[str] = field(default_factory=list)

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        assert query == "What does parking cost?"
        self.read += texts
        return [len(text) / 100 for text in texts]


def test_the_first_passages_are_ordered_and_the_others_follow() -> None:
    model = ByLength()

    result = CrossEncoderRerank(lambda: model, depth=3)(retrieval("What does parking cost?", *TEXTS))

    assert [passage.text for passage in result.passages] == [TEXTS[n] for n in (1, 0, 2, 3)]
    scores = [passage.score for passage in result.passages]
    assert scores == sorted(scores, reverse=True)
    assert model.read == [f"Manual\n{text}" for text in TEXTS[:3]]


def test_shortened_passages_stay_with_their_own() -> None:
    before = retrieval("What does parking cost?", *TEXTS)
    shortened = replace(before, read=tuple(replace(p, text=p.text[:5]) for p in before.passages))

    result = CrossEncoderRerank(ByLength, depth=3)(shortened)

    assert [passage.chunk_id for passage in result.read] == [passage.chunk_id for passage in result.passages]


def test_while_the_model_is_away_the_order_stays_and_the_trace_says_so() -> None:
    def away() -> ByLength:
        raise UpstreamUnavailableError("away")

    before = retrieval("What does parking cost?", *TEXTS)
    result = retrieve(before, [CrossEncoderRerank(away, depth=3)])

    assert result.passages == before.passages
    assert result.trace.failed(NAME)
    assert not result.trace.ran(NAME)


def test_what_only_completes_a_table_is_not_ranked() -> None:
    before = retrieval("What does parking cost?", *TEXTS)
    state = replace(before, passages=(before.passages[0], *(replace(p, score=0.0) for p in before.passages[1:])))

    assert CrossEncoderRerank(ByLength, depth=3)(state).skip_reason
