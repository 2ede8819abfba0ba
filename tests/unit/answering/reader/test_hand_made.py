"""What the hand-made reader's scores mean, beside what holds for every reader (tests/unit/models/test_reading.py)."""

from __future__ import annotations

from voicehelper.answering.reader.hand_made import HandMadeReader, HandMadeScores
from voicehelper.answering.reader.units import rank_by_titled, rank_units
from voicehelper.models.reading import TextWindow
from voicehelper.text.question_terms import question_terms

from tests.unit.answering.passages import flat_idf, passage

QUESTION = "How often is the filter of the dryer cleaned?"
TERMS = question_terms(QUESTION, flat_idf)


def judged(*windows: TextWindow) -> list[HandMadeScores]:
    return HandMadeReader(TERMS).score(QUESTION, windows)


def test_a_window_that_names_everything_in_two_neighbouring_sentences_is_wholly_relevant() -> None:
    (scores,) = judged(TextWindow("Dryer", ("How often?", "The filter is cleaned every week.", "Open the door.")))

    assert scores.relevance == 1.0


def test_words_far_apart_make_a_window_less_relevant_than_words_close_together() -> None:
    close = ("The dryer hums.", "It has a filter, cleaned often.", "Its door is white.")
    apart = ("The dryer has a filter.", "Its door is white.", "The shelf is cleaned often.")

    near, far = judged(TextWindow("", close), TextWindow("", apart))

    assert near.relevance > far.relevance


def test_the_title_counts_more_where_the_sentence_is_chosen_than_where_the_decision_was_fitted() -> None:
    (scores,) = judged(TextWindow("Dryer filter", ("It is cleaned every week.",)))

    assert scores.sentences[0] > scores.fitted[0]


def test_units_are_ranked_by_the_reader_s_scores() -> None:
    sources = [passage("The dryer hums.\nIts filter is cleaned weekly.", "Dryer", number=1, score=0.8)]
    (scores,) = judged(TextWindow("Dryer", ("The dryer hums.", "Its filter is cleaned weekly."), 0.8))

    units = rank_units(QUESTION, TERMS, sources)

    assert {unit.position: unit.score for unit in units} == dict(enumerate(scores.fitted))
    assert rank_by_titled(units)[0].text == "Its filter is cleaned weekly."
