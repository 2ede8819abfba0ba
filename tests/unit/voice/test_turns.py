"""How much of a long answer is read aloud."""

from __future__ import annotations

from voicehelper.voice.turns import MAX_READ_ALOUD, beginning


def test_a_short_answer_is_read_whole() -> None:
    assert beginning("Yes. [1]") == "Yes. [1]"


def test_of_a_long_answer_whole_sentences_are_read() -> None:
    sentence = "The filter is changed every 3 months. "

    read = beginning(sentence * 100)

    assert MAX_READ_ALOUD - len(sentence) <= len(read) <= MAX_READ_ALOUD
    assert read.endswith("months.")


def test_an_answer_without_sentences_is_cut() -> None:
    assert len(beginning("x" * 9000)) == MAX_READ_ALOUD
