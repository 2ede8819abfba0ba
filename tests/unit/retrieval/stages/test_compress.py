"""The text that an answer is written from, shortened."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from voicehelper.retrieval.stages.compress import ContextCompression, compressed
from voicehelper.text.question_terms import question_terms

from tests.unit.retrieval.stages.test_rerank import retrieval

ENGLISH = "Badges are blue. The gate opens at seven. Parking costs four euros a day. Lunch is at noon. Dogs wait."
CHINESE = "胸卡是蓝色的。大门七点打开。停车每天四欧元。午餐十二点开始。狗在外面等候。"


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        (ENGLISH, "What does parking cost?", "Parking costs four euros a day."),
        (CHINESE, "停车多少钱？", "停车每天四欧元。"),
    ],
    ids=["English", "Chinese"],
)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_the_sentences_asked_for_are_kept(text: str, question: str, answer: str, share: float) -> None:
    short = compressed(text, question_terms(question, lambda _: 1.0), share)

    assert answer in short
    assert len(short) <= max(share * len(text), len(answer)) + 5  # line breaks


def test_what_introduces_a_kept_line_is_kept() -> None:
    text = "Fees:\nParking | 4 euros\nLocker | 2 euros\nThe canteen is closed on Mondays and on public holidays."

    assert compressed(text, question_terms("parking", lambda _: 1.0), 0.2) == "Fees:\nParking | 4 euros"


def test_the_passages_stay_whole_and_in_their_order() -> None:
    before = retrieval("What does parking cost?", ENGLISH, "Nothing of it.")
    after = ContextCompression(0.3)(before)

    assert after.passages == before.passages
    assert [passage.chunk_id for passage in after.read] == [passage.chunk_id for passage in before.passages]
    assert len(after.read[0].text) < len(ENGLISH)


def test_a_table_that_is_needed_whole_is_not_shortened() -> None:
    state = replace(retrieval("How many rows?", ENGLISH), whole_tables=frozenset([UUID(int=9)]))

    assert ContextCompression(0.3)(state).skip_reason
