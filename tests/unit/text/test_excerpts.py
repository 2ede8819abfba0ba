from __future__ import annotations

import pytest
from voicehelper.text.excerpts import estimated_tokens, excerpt_around

SENTENCES = [f"Sentence {number}." for number in range(9)]  # some three tokens each


def test_an_excerpt_grows_to_both_sides_and_after_first() -> None:
    size = estimated_tokens(SENTENCES[0])

    assert excerpt_around(SENTENCES, 4, 1 * size) == range(4, 5)
    assert excerpt_around(SENTENCES, 4, 2 * size) == range(4, 6)
    assert excerpt_around(SENTENCES, 4, 3 * size) == range(3, 6)
    assert excerpt_around(SENTENCES, 4, 100 * size) == range(9)


def test_at_an_end_it_grows_to_the_other_side() -> None:
    size = estimated_tokens(SENTENCES[0])

    assert excerpt_around(SENTENCES, 0, 3 * size) == range(3)
    assert excerpt_around(SENTENCES, 8, 3 * size) == range(6, 9)


def test_a_sentence_that_is_too_long_stands_alone() -> None:
    assert excerpt_around(["前", "长" * 500, "后"], 1, 100) == range(1, 2)


def test_a_long_neighbour_ends_it_and_the_other_side_goes_on() -> None:
    assert excerpt_around(["a b.", "c d.", "e f.", "长" * 500], 2, 50) == range(3)


def test_there_is_no_excerpt_of_nothing() -> None:
    with pytest.raises(IndexError):
        excerpt_around([], 0, 100)


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("保修期为三年。", 5), ("The warranty lasts for three years.", 9), ("ひらがな", 3)]
)
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == pytest.approx(tokens, abs=1)
