from __future__ import annotations

from uuid import UUID

import pytest
from voicehelper.index.bases import BaseFacts
from voicehelper.index.memory import MemoryIndex
from voicehelper.retrieval.plan import SearchContext, plan
from voicehelper.retrieval.question import Question

from tests.support.fakes import FakeEmbedder

TENANT, BASE = UUID(int=1), UUID(int=2)


def names(text: str = "滤网多久更换", *, mode: str = "ultimate", vector_leg: bool | None = None) -> list[str]:
    base = BaseFacts(BASE, "m", vector_leg, 1)
    context = SearchContext(MemoryIndex(TENANT), [base], FakeEmbedder)
    return [stage.name for stage in plan(Question(text, [BASE], "zh", mode=mode), context)]


@pytest.mark.parametrize("mode", ["hybrid", "ultimate"])
def test_words_and_vector_search_together(mode: str) -> None:
    assert names(mode=mode) == ["query_classifier", "query_rewrite", "hybrid_retrieval", "cross_lingual_promotion"]


def test_the_simple_mode_searches_by_vector_alone() -> None:
    assert "vector_search" in names(mode="simple")


@pytest.mark.parametrize("mode", ["simple", "hybrid", "ultimate"])
def test_a_base_whose_vectors_are_unfit_is_searched_by_words_alone(mode: str) -> None:
    assert names(mode=mode, vector_leg=False) == ["query_classifier", "query_rewrite", "bm25_search"]


def test_a_question_without_words_is_searched_by_vector_alone() -> None:
    assert "vector_search" in names("???")
