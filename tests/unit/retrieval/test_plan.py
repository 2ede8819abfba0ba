from __future__ import annotations

from uuid import UUID

import pytest
from voicehelper.index.bases import BaseFacts
from voicehelper.index.memory import MemoryIndex
from voicehelper.retrieval.plan import SearchContext, plan_query, plan_search
from voicehelper.retrieval.question import Question

from tests.support.fakes import FakeEmbedder

TENANT, BASE = UUID(int=1), UUID(int=2)


def names(text: str = "滤网多久更换", *, mode: str = "ultimate", vector_leg: bool | None = None) -> list[str]:
    base = BaseFacts(BASE, "m", vector_leg, 1)
    context = SearchContext(MemoryIndex(TENANT), [base])
    return [stage.name for stage in plan_search(Question(text, [BASE], "zh", mode=mode), context)]


@pytest.mark.parametrize("mode", ["hybrid", "ultimate"])
def test_words_and_vector_search_together(mode: str) -> None:
    assert names(mode=mode) == ["hybrid_retrieval", "cross_lingual_promotion", "context"]


def test_the_simple_mode_searches_by_vector_alone() -> None:
    assert "vector_search" in names(mode="simple")


@pytest.mark.parametrize("mode", ["simple", "hybrid", "ultimate"])
def test_a_base_whose_vectors_are_unfit_is_searched_by_words_alone(mode: str) -> None:
    assert names(mode=mode, vector_leg=False) == ["bm25_search", "context"]


def test_a_question_without_words_is_searched_by_vector_alone() -> None:
    assert "vector_search" in names("???")


def test_nothing_before_the_search_needs_the_database() -> None:
    assert [stage.name for stage in plan_query(FakeEmbedder)] == [
        "query_classifier",
        "query_rewrite",
        "query_embedding",
    ]
