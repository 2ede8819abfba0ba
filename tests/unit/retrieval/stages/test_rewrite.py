from __future__ import annotations

from voicehelper.retrieval.stages.rewrite import search_text


def test_questions_are_searched_with_the_synonyms_of_their_periods() -> None:
    assert search_text("Sales in Q4?", []) == "Sales in Q4? 4Q fourth quarter"


def test_follow_up_questions_are_searched_with_the_question_before_them() -> None:
    history = [("user", "Sales in Q4?"), ("assistant", "9 million")]

    assert search_text("And in Q1?", history) == "Sales in Q4?\nAnd in Q1?\nAnd in Q1? 1Q first quarter"
