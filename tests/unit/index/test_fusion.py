from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from voicehelper.index.chunk import Place
from voicehelper.index.fusion import fuse
from voicehelper.index.passage import Passage


def passage(number: int, *, bm25: float = 0.0, similarity: float | None = None, **more: Any) -> Passage:
    made = Passage(UUID(int=number), UUID(int=9), "t", "x", Place(), bm25=bm25, similarity=similarity)
    return replace(made, **more)


def numbers(passages: list[Passage]) -> list[int]:
    return [passage.chunk_id.int for passage in passages]


def scores(passages: list[Passage]) -> list[float]:
    return [round(passage.score, 6) for passage in passages]


def test_each_leg_gives_half_of_its_min_max_normalised_score() -> None:
    ranked = fuse(
        [passage(1, bm25=4.0, similarity=0.8), passage(2, bm25=2.0, similarity=0.9), passage(3, similarity=0.7)], "both"
    )

    assert numbers(ranked) == [1, 2, 3]
    assert scores(ranked) == [0.75, 0.75, 0.0]


def test_a_passage_without_a_vector_has_its_words_alone() -> None:
    ranked = fuse([passage(1, bm25=4.0), passage(2, bm25=2.0, similarity=0.9), passage(3, similarity=0.7)], "both")

    assert dict(zip(numbers(ranked), scores(ranked), strict=True)) == {1: 0.5, 2: 0.75, 3: 0.0}


@pytest.mark.parametrize(("legs", "expected"), [("lexical", [1.0, 0.25]), ("vector", [1.0, 0.0])])
def test_one_leg_alone_keeps_its_order_and_its_best_scores_one(legs: str, expected: list[float]) -> None:
    passages = [passage(2, bm25=1.0, similarity=0.6), passage(1, bm25=4.0, similarity=0.8)]

    ranked = fuse(passages, legs)  # type: ignore[arg-type]

    assert (numbers(ranked), scores(ranked)) == ([1, 2], expected)


def test_equal_scores_of_one_leg_are_all_the_best() -> None:
    assert scores(fuse([passage(1, bm25=2.0), passage(2, bm25=2.0)], "lexical")) == [1.0, 1.0]


def test_reciprocal_ranks_count_from_one() -> None:
    both = passage(1, vector_rank=2, lexical_rank=1)
    ranked = fuse([passage(2, lexical_rank=2), both, passage(3, vector_rank=1)], "both", "rrf")

    assert numbers(ranked) == [1, 3, 2]
    assert ranked[1].score == pytest.approx((1 / 61) / (1 / 61 + 1 / 62))


def test_what_only_the_cross_lingual_look_up_found_ranks_last() -> None:
    ranked = fuse([passage(1, is_cross_lingual=True), passage(2, vector_rank=50)], "both", "rrf")

    assert numbers(ranked) == [2, 1]


def test_ties_go_by_words_and_then_by_id() -> None:
    ranked = fuse([passage(3), passage(2), passage(1, bm25=0.0)], "vector")

    assert numbers(ranked) == [1, 2, 3]


def test_nothing_found_is_nothing_ranked() -> None:
    assert fuse([], "both") == []


def test_past_the_limit_only_the_other_language_is_kept() -> None:
    passages = [passage(1, bm25=4.0), passage(2, bm25=3.0), passage(3, bm25=2.0, is_cross_lingual=True), passage(4)]

    ranked = fuse(passages, "lexical", limit=1)

    assert ranked == [each for each in fuse(passages, "lexical") if each.bm25 in (4.0, 2.0)]
