"""What a trained reader changes in an answer: which sentence, and whether there is one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from voicehelper.answering.events import Composed
from voicehelper.answering.evidence import THRESHOLD
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.reader.compose import compose_answer
from voicehelper.answering.reader.reread import decided, reread
from voicehelper.answering.reader.units import rank_units
from voicehelper.index.passage import Passage
from voicehelper.models.reading import (
    MAX_WINDOWS,
    WINDOW_TOKENS,
    LoadedOnce,
    ReaderUnavailableError,
    Thresholds,
    TrainedReader,
)
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.retrieval.question import Question
from voicehelper.text.excerpts import estimated_tokens
from voicehelper.text.question_terms import question_terms

from tests.support.reader_model import LENIENT, FakeReader
from tests.unit.answering.passages import flat_idf, passage

HOURS = "The pool of the hotel is heated.\nGuests swim from seven to nine.\nTowels lie at the desk."
ASKED = "When is the pool of the hotel open?"


def answer(reader: TrainedReader | None, *sources: Passage, question: str = ASKED) -> Composed:
    return compose_answer(question, sources, flat_idf, reader=reader)


def test_the_sentence_that_the_reader_rates_best_answers() -> None:
    by_rules = answer(None, passage(HOURS, "Hotel pool"))
    by_model = answer(FakeReader({"swim": 0.9}), passage(HOURS, "Hotel pool"))

    assert by_rules.text.startswith("The pool")
    assert by_model.text == "Guests swim from seven to nine. [1]"


def test_in_chinese_too() -> None:
    text = "酒店泳池的水是恒温的。\n宾客可在七点至九点游泳。\n毛巾在前台领取。"

    said = answer(FakeReader({"游泳": 0.95}), passage(text, "酒店泳池"), question="酒店泳池几点开放？")

    assert said.text == "宾客可在七点至九点游泳。 [1]"


def test_from_the_threshold_of_the_weights_there_is_an_answer() -> None:
    source = passage("Guests swim from seven to nine.", "Leisure")
    asked = "At what time does the sauna close on Sundays in winter?"

    assert answer(None, source, question=asked).refused
    assert not answer(FakeReader({"swim": 0.81}), source, question=asked).refused
    assert answer(FakeReader({"swim": 0.79}), source, question=asked).refused


def test_below_the_threshold_of_the_weights_there_is_none() -> None:
    source = passage("The pool of the hotel is open from seven to nine.", "Hotel pool")

    assert not answer(FakeReader({"pool": 0.1}), source).refused
    refused = answer(FakeReader({"pool": 0.09}), source)
    assert refused.refused
    assert refused.confidence < THRESHOLD


@pytest.mark.parametrize("confidence", [0.0, 0.3, 0.4999, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("relevance", [0.0, 0.05, 0.1, 0.5, 0.79, 0.8, 1.0])
def test_only_beyond_the_thresholds_the_decision_changes(confidence: float, relevance: float) -> None:
    after = decided(confidence, relevance, LENIENT)

    assert 0 <= after <= 1
    if relevance >= 0.8:
        assert after >= THRESHOLD
    elif relevance < 0.1:
        assert after < THRESHOLD
    else:
        assert after == confidence


def test_thresholds_at_the_ends_leave_every_decision_to_the_rules() -> None:
    never = Thresholds(answers_from=1.0, refuses_below=0.0, promotes_from=1.0)

    assert decided(0.4, 0.999, never) == 0.4
    assert decided(0.6, 0.0, never) == 0.6


def test_at_most_five_windows_of_bounded_length_are_read_around_the_best_sentences() -> None:
    line = "The pool of the hotel {} opens at {} for all guests who stay in one of its rooms."
    sources = [
        passage("\n".join(line.format(n, hour) for hour in range(40)), f"Hotel {n}", number=n, score=1 - n / 10)
        for n in range(1, 6)
    ]
    reader = FakeReader({})

    answer(reader, *sources)

    assert len(reader.read) == MAX_WINDOWS
    assert all(sum(map(estimated_tokens, window.sentences)) <= WINDOW_TOKENS for window in reader.read)
    assert all(len(window.sentences) > 1 for window in reader.read)


def test_a_sentence_is_read_once_and_a_heading_only_as_a_title() -> None:
    reader = FakeReader({})
    source = passage(HOURS, "Hotel - Pool")

    answer(reader, source, passage("Pool\n" + HOURS, "Inn - Pool", number=2))

    sentences = [(window.title, sentence) for window in reader.read for sentence in window.sentences]
    assert len(sentences) == len(set(sentences))
    assert {window.title for window in reader.read} == {"Hotel - Pool", "Inn - Pool"}


def test_what_was_not_read_comes_after_what_was_in_its_old_order() -> None:
    sources = [passage("\n".join(f"The pool opens at {hour}, as guests are told." for hour in range(90)), "Pool")]
    units = rank_units(ASKED, question_terms(ASKED, flat_idf), sources)
    reader = FakeReader({}, usual=0.0)

    again = reread(ASKED, units, sources, reader)

    assert again
    read = {sentence for window in reader.read for sentence in window.sentences}
    were_read = [unit.text in read for unit in again.units]
    assert were_read == sorted(were_read, reverse=True)
    unread = [unit for unit in again.units if unit.text not in read]
    assert [(u.passage, u.position) for u in unread] == [(u.passage, u.position) for u in units if u.text not in read]


FOREIGN = "泳池的水是恒温的。\n宾客可在七点至九点游泳。\n毛巾在前台领取。"
SAUNA = "The sauna has {} seats of wood.\nIt was built in the year {}.\nOnly adults enter it in winter."
WHEN = "When may guests go swimming?"


def test_passages_in_the_other_language_are_read_though_they_share_no_word() -> None:
    own = [passage(SAUNA.format(n, 1990 + n) * 3, f"Sauna {n}", number=n, score=1 - n / 20) for n in range(1, 4)]
    others = [replace(passage(FOREIGN, "泳池", number=n, score=0.1), similarity=0.82) for n in (8, 9)]
    reader = FakeReader({"游泳": 0.9})

    said = answer(reader, *own, *others, question=WHEN)

    assert said.text.startswith("宾客可在七点至九点游泳。")
    assert {window.title for window in reader.read} >= {"泳池", "Sauna 1"}
    assert answer(None, *own, *others, question=WHEN).refused


def test_english_passages_are_read_for_a_chinese_question() -> None:
    own = [passage("桑拿房有六个座位。\n桑拿房建于一九九一年。" * 3, f"桑拿 {n}", number=n) for n in range(1, 5)]
    other = passage(HOURS, "Pool", number=9, score=0.1)

    said = answer(FakeReader({"swim": 0.9}), *own, other, question="宾客几点可以游泳？")

    assert said.text == "Guests swim from seven to nine. [1]"


def test_where_the_question_s_own_language_covers_it_no_window_is_given_away() -> None:
    own = passage("\n".join(f"When guests go swimming, they may use gate {n}." for n in range(200)), "Pool")
    reader = FakeReader({})

    answer(reader, own, passage(FOREIGN, "泳池", number=2, score=0.1), question=WHEN)

    assert {window.title for window in reader.read} == {"Pool"}


def test_what_was_left_out_of_the_order_completes_the_text_and_may_answer() -> None:
    sources = [passage(HOURS, "Hotel pool")]
    units = rank_units(ASKED, question_terms(ASKED, flat_idf), sources)
    reader = FakeReader({"swim": 0.9})

    again = reread(ASKED, [unit for unit in units if "swim" not in unit.text], sources, reader, beside=units)

    assert again
    assert reader.read[0].sentences == tuple(HOURS.split("\n"))
    assert again.units[0].text == "Guests swim from seven to nine."


def test_without_a_passage_nothing_is_read() -> None:
    reader = FakeReader({})

    assert answer(reader).refused
    assert reread(ASKED, [], [], reader) is None
    assert reader.read == []


def asked_of(reader: Callable[[], TrainedReader] | None) -> Composed:
    question = Question(ASKED, [], "en", self_rag=False)
    state = Retrieval(question, ASKED, (ASKED,), passages=(passage(HOURS, "Hotel pool"),))
    *_, composed = OfflineAnswer(None, reader)(state)
    assert isinstance(composed, Composed)
    return composed


def test_a_reader_that_cannot_be_loaded_leaves_the_answer_to_the_rules(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> TrainedReader:
        raise ReaderUnavailableError("reader.safetensors: the file is damaged")

    once = LoadedOnce(load)
    with caplog.at_level(logging.WARNING):
        answers = [asked_of(once) for _ in range(3)]

    assert answers == [asked_of(None)] * 3
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "the file is damaged" in caplog.records[0].__dict__["reason"]


def test_a_reader_that_gives_no_number_leaves_the_answer_to_the_rules(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        said = asked_of(lambda: FakeReader({}, error="the weights give no number"))

    assert said == asked_of(None)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_reader_that_works_answers() -> None:
    assert asked_of(lambda: FakeReader({"swim": 0.9})).text == "Guests swim from seven to nine. [1]"
