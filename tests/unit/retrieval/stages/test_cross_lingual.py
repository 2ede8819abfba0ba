from __future__ import annotations

from dataclasses import replace

import pytest
from voicehelper.index.passage import Passage
from voicehelper.retrieval.pipeline import start
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.cross_lingual import CrossLingual, best_coverage, promote_cross_lingual
from voicehelper.text.tokenization import term_counts

from tests.unit.answering.passages import passage


def own(number: int, score: float) -> Passage:
    return replace(passage("压力表", number=number, score=score), similarity=0.85)


OTHER = replace(passage("The filter lasts 3 months.", number=99, score=0.1), similarity=0.82, is_cross_lingual=True)


def test_a_near_passage_of_the_other_language_gets_the_fourth_place() -> None:
    ranked = [*(own(number, 1 - number / 10) for number in range(6)), OTHER]

    promoted = promote_cross_lingual(ranked, limit=20)

    assert [p.chunk_id.int for p in promoted] == [0, 1, 2, 99, 3, 4, 5]
    assert [p.score for p in promoted] == sorted((p.score for p in promoted), reverse=True)


def test_a_far_passage_of_the_other_language_stays_where_it_was() -> None:
    ranked = [*(own(number, 1 - number / 10) for number in range(6)), replace(OTHER, similarity=0.7)]

    assert promote_cross_lingual(ranked, limit=20) == ranked


def test_promotion_keeps_to_the_limit() -> None:
    ranked = [*(own(number, 1 - number / 10) for number in range(6)), OTHER]

    assert len(promote_cross_lingual(ranked, limit=5)) == 5


def test_a_question_that_its_own_language_covers_is_left_alone() -> None:
    covering = replace(own(1, 1.0), text="空气滤网多久更换一次：每三个月。")
    question = Question("空气滤网多久更换一次？", None, "zh")
    state = replace(start(question), passages=(covering, OTHER))
    state = replace(state, idf=dict.fromkeys(term_counts(question.text), 1.0))

    after = CrossLingual()(state)

    assert after.passages == state.passages
    assert after.skip_reason


@pytest.mark.parametrize(("text", "share"), [("压力", 1.0), ("温度", 0.0)])
def test_coverage_is_the_share_of_the_question_that_one_passage_holds(text: str, share: float) -> None:
    idf = dict.fromkeys(term_counts(text), 2.0)

    assert best_coverage([own(1, 1.0)], idf) == share
