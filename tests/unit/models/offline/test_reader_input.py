from __future__ import annotations

from voicehelper.models.offline.reader_input import QUESTION_TOKENS, TITLE_TOKENS, ReaderInput, reader_input

MAX_TOKENS = 96


class Letters:
    first, last = 0, 2

    def tokens(self, text: str) -> list[int]:
        return [ord(character) for character in text]


def read(question: str, title: str, *sentences: str) -> ReaderInput | None:
    return reader_input(Letters(), MAX_TOKENS, question, title, sentences)


def texts(seen: ReaderInput | None) -> list[str]:
    assert seen
    return ["".join(map(chr, seen.tokens[span])) for span in seen.spans]


def test_question_title_and_sentences_follow_each_other() -> None:
    seen = read("ab?", "T", "One.", "二。")

    assert seen
    assert seen.tokens == [0, *map(ord, "ab?"), 2, *map(ord, "TOne.二。"), 2]
    assert seen.question_end == 5
    assert texts(seen) == ["One.", "二。"]


def test_each_part_is_cut_to_its_room() -> None:
    seen = read("q" * 500, "t" * 500, "s" * 500, "never read")

    assert seen
    assert len(seen.tokens) == MAX_TOKENS
    assert seen.question_end == QUESTION_TOKENS + 2
    assert texts(seen) == ["s" * (MAX_TOKENS - QUESTION_TOKENS - TITLE_TOKENS - 3), ""]


def test_the_last_sentence_that_fits_in_part_is_read_in_part() -> None:
    seen = read("q", "", "a" * 80, "b" * 80, "c")

    assert texts(seen) == ["a" * 80, "b" * 12, ""]


def test_spaces_around_a_text_are_not_read_and_a_text_of_spaces_has_no_span() -> None:
    assert texts(read(" q\n", "", "\u3000one \t", "  ", "two")) == ["one", "", "two"]


def test_without_a_question_or_a_window_there_is_no_input() -> None:
    assert read("", "t", "s") is None
    assert read(" ", "t", "s") is None
    assert read("q", "", "", " ") is None
    assert read("q", "") is None
    assert read("q", "t") is not None
