from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from voicehelper.index.bases import BaseFacts
from voicehelper.index.memory import MemoryIndex
from voicehelper.retrieval.plan import SearchContext, plan_order, plan_query, plan_search
from voicehelper.retrieval.question import LEGS, Leg, Question

from tests.support.fakes import FakeEmbedder
from tests.support.reader_model import FakeReader

TENANT, BASE = UUID(int=1), UUID(int=2)


def names(
    text: str = "滤网多久更换",
    *,
    mode: str = "ultimate",
    vector_leg: bool | None = None,
    legs: Sequence[Leg] = LEGS,
) -> list[str]:
    base = BaseFacts(BASE, "m", vector_leg, 1)
    context = SearchContext(MemoryIndex(TENANT), [base])
    return [stage.name for stage in plan_search(Question(text, [BASE], "zh", mode=mode, legs=legs), context)]


@pytest.mark.parametrize("mode", ["hybrid", "ultimate"])
def test_words_and_vector_search_together(mode: str) -> None:
    assert names(mode=mode) == ["hybrid_retrieval", "cross_lingual_promotion", "context", "neighbours"]


def test_the_simple_mode_searches_by_vector_alone() -> None:
    assert "vector_search" in names(mode="simple")


@pytest.mark.parametrize("mode", ["simple", "hybrid", "ultimate"])
def test_a_base_whose_vectors_are_unfit_is_searched_by_words_alone(mode: str) -> None:
    assert names(mode=mode, vector_leg=False) == ["bm25_search", "context", "neighbours"]


def test_a_question_without_words_is_searched_by_vector_alone() -> None:
    assert "vector_search" in names("???")


@pytest.mark.parametrize(
    ("legs", "vector_leg", "search"),
    [
        (["words"], None, "bm25_search"),
        (["meaning"], None, "vector_search"),
        (["meaning", "words"], None, "hybrid_retrieval"),
        (["meaning"], False, "bm25_search"),
        (["words"], False, "bm25_search"),
    ],
)
def test_the_named_legs_are_searched_and_words_where_there_are_no_vectors(
    legs: list[Leg], vector_leg: bool | None, search: str
) -> None:
    assert names(legs=legs, vector_leg=vector_leg)[0] == search


def test_a_search_by_words_alone_embeds_nothing() -> None:
    assert "query_embedding" not in [stage.name for stage in plan_query(FakeEmbedder, ["words"])]


def test_nothing_before_the_search_needs_the_database() -> None:
    assert [stage.name for stage in plan_query(FakeEmbedder)] == [
        "query_classifier",
        "query_rewrite",
        "query_embedding",
    ]


@pytest.mark.parametrize(
    ("text", "graph", "follows"),
    [
        ("滤网多久更换", None, False),
        ("滤网多久更换", True, True),
        ("北辰项目的组长的办公室的楼层是几楼", None, True),
        ("Are both the pump and the valve made in one country?", None, True),
        ("Are both the pump and the valve made in one country?", False, False),
    ],
)
def test_names_are_followed_on_request_or_for_questions_of_several_hops(
    text: str, graph: bool | None, follows: bool
) -> None:
    context = SearchContext(MemoryIndex(TENANT), [BaseFacts(BASE, "m", None, 1)])
    stages = plan_search(Question(text, [BASE], "zh", graph=graph), context)

    assert ("graph_retrieval" in [stage.name for stage in stages]) is follows


def order(*, reranker: bool, reader: bool, rerank: bool | None = None, mode: str = "hybrid") -> list[str]:
    question = Question("滤网多久更换", [BASE], "zh", mode=mode, rerank=rerank)
    by_model, by_reader = (lambda: NoReranker()) if reranker else None, (lambda: FakeReader({})) if reader else None
    return [stage.name for stage in plan_order(question, by_model, by_reader)]


class NoReranker:
    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        raise AssertionError(f"a plan asks for nothing: {query}, {texts}")


def test_a_trained_reader_orders_where_no_reranker_does() -> None:
    assert order(reranker=False, reader=False) == []
    assert order(reranker=False, reader=True) == ["reading_order"]
    assert order(reranker=True, reader=True) == ["cross_encoder_rerank"]
    assert order(reranker=True, reader=True, rerank=False) == ["reading_order"]
    assert order(reranker=True, reader=True, mode="simple") == ["reading_order"]
