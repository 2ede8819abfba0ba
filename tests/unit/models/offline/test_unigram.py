"""Tokenization into pieces, with a vocabulary small enough to check by hand."""

from __future__ import annotations

from voicehelper.models.offline.unigram import UnigramTokenizer

PIECES = {"▁": 1, "a": 2, "b": 3, "ab": 4, "▁ab": 5, "▁a": 6, "c": 7}
SCORES = [-99.0, -2.0, -2.0, -2.0, -3.0, -4.5, -3.0, -2.0]
TOKENIZER = UnigramTokenizer(PIECES, SCORES, {ord("Ａ"): "a", ord("…"): "  ", ord("\t"): " "}, unknown=0)


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
