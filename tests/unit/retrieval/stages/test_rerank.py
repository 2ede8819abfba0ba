"""The order of passages by how closely the question's words stand together."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from voicehelper.index.chunk import Place
from voicehelper.index.passage import Passage
from voicehelper.retrieval.pipeline import Retrieval, start
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.rerank import LexicalRerank


def retrieval(question: str, *texts: str) -> Retrieval:
    """Passages with nearly the same score, best first."""
    passages = [
        Passage(UUID(int=n), UUID(int=9), "Manual", text, Place(1), bm25=1.0, similarity=0.9, score=0.9 - n / 100)
        for n, text in enumerate(texts)
    ]
    return replace(start(Question(question, [UUID(int=1)], "en")), passages=tuple(passages))


APART = "The pump stands in the yard. It was painted. Nobody came. The interval of the ferry is short. Oil is dear."
TOGETHER = "The oil interval of the pump is six months."


def test_words_that_stand_together_go_first() -> None:
    result = LexicalRerank(10)(retrieval("What is the oil interval of the pump?", APART, TOGETHER))

    assert [passage.text for passage in result.passages] == [TOGETHER, APART]
    assert 1 >= result.passages[0].score >= result.passages[1].score >= 0


def test_what_is_below_the_depth_stays_below() -> None:
    result = LexicalRerank(2)(retrieval("What is the oil interval of the pump?", APART, APART, TOGETHER))

    assert [passage.text for passage in result.passages] == [APART, APART, TOGETHER]
    assert list(result.passages) == sorted(result.passages, key=lambda passage: -passage.score)


def test_one_passage_needs_no_order() -> None:
    assert LexicalRerank(10)(retrieval("oil interval", TOGETHER)).skip_reason
