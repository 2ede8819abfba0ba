"""Tokenization into pieces, with a vocabulary small enough to check by hand."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from voicehelper.models.offline.unigram import SEPARATOR, SortedPieces, UnigramTokenizer, Vocabulary

PIECES = {"▁": 1, "a": 2, "b": 3, "ab": 4, "▁ab": 5, "▁a": 6, "c": 7}
SCORES = [-99.0, -2.0, -2.0, -2.0, -3.0, -4.5, -3.0, -2.0]
FOLDING = {ord("Ａ"): "a", ord("…"): "  ", ord("\t"): " "}


def sorted_pieces(numbers: Mapping[str, int]) -> SortedPieces:
    ordered = sorted(numbers, key=str.encode)
    ends = itertools.accumulate(len(f"{piece}{SEPARATOR}".encode()) for piece in ordered)
    text = "".join(f"{piece}{SEPARATOR}" for piece in ordered).encode()
    return SortedPieces(text, list(ends), [numbers[piece] for piece in ordered])


TOKENIZER = UnigramTokenizer(
    Vocabulary(sorted_pieces(PIECES), SCORES, FOLDING, unknown=0, longest=3, lowest_score=min(SCORES))
)


def test_the_pieces_with_the_highest_total_score_are_chosen() -> None:
    assert TOKENIZER.tokens("ab") == [5]  # -4.5 against -5 for "▁" and "ab", or "▁a" and "b"
    assert TOKENIZER.tokens("abc") == [5, 7]
    assert TOKENIZER.tokens("ba") == [1, 3, 2]


def test_every_word_begins_with_the_space_marker() -> None:
    assert TOKENIZER.tokens("ab  ab") == [5, 5]
    assert TOKENIZER.tokens(" ab") == TOKENIZER.tokens("ab")
    assert TOKENIZER.tokens("ab ") == [5, 1]


def test_characters_are_normalised_before_tokenization() -> None:
    assert TOKENIZER.tokens("Ａb") == TOKENIZER.tokens("ab")
    assert TOKENIZER.tokens("ab…ab") == [5, 5]


def test_every_unknown_character_is_one_piece() -> None:
    assert TOKENIZER.tokens("aéb") == [6, 0, 3]
    assert TOKENIZER.tokens("a" + "é" * 40) == [6, *[0] * 40]


@pytest.mark.parametrize("word", ["a\0b", "\ud800", "\U0010ffff\U0010ffff", "zz", "\0"])
def test_a_word_of_characters_without_pieces_is_read_to_its_end(word: str) -> None:
    assert len(TOKENIZER.tokens(word)) >= len(word)


def test_pieces_are_found_by_the_two_characters_they_start_with() -> None:
    pieces = sorted_pieces({"x": 1, "xy": 2, "xyz": 3, "xz": 4, "é": 5, "éx": 6, "𝄞": 7, "y": 8})

    assert pieces.starting_with("xy") == {"x": 1, "xy": 2, "xyz": 3}
    assert pieces.starting_with("x") == {"x": 1}
    assert pieces.starting_with("éx") == {"é": 5, "éx": 6}
    assert pieces.starting_with("𝄞𝄞") == {"𝄞": 7}
    assert pieces.starting_with("yx") == {"y": 8}
    assert pieces.starting_with("zz") == {}
