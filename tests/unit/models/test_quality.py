from __future__ import annotations

import pytest
from voicehelper.models.quality import analyse

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]


def test_similarities_do_not_depend_on_length_and_norms_show_it() -> None:
    quality = analyse([[3.0, 4.0], [6.0, 8.0], [-4.0, 3.0]])

    assert quality.norms == [5.0, 10.0, 5.0]
    assert [pytest.approx(row) for row in quality.similarity] == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_every_dimension_has_its_mean_and_its_deviation() -> None:
    quality = analyse([[1.0, 5.0], [3.0, 5.0]])

    assert (quality.mean, quality.deviation) == ([2.0, 5.0], [1.0, 0.0])


def test_related_texts_that_are_nearer_have_a_margin() -> None:
    margin = analyse([EAST, EAST, NORTH, NORTH], ["a", "a", "b", "b"]).margin

    assert margin is not None
    assert (margin.related, margin.unrelated, margin.margin, margin.ordered) == (1.0, 0.0, 1.0, 1.0)


def test_an_embedding_that_sees_no_difference_is_right_by_chance() -> None:
    margin = analyse([EAST, EAST, EAST], ["a", "a", "b"]).margin

    assert margin is not None
    assert (margin.margin, margin.ordered) == (0.0, 0.5)


@pytest.mark.parametrize("groups", [[], ["a", "a"], ["a", "b"]])
def test_without_related_and_unrelated_texts_there_is_no_margin(groups: list[str]) -> None:
    assert analyse([EAST, NORTH], groups).margin is None


def test_a_vector_of_zeros_is_like_nothing() -> None:
    assert analyse([[0.0, 0.0], EAST]).similarity == [[0.0, 0.0], [0.0, 1.0]]
