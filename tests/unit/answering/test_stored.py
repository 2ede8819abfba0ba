from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from voicehelper.answering.events import Answered, SourcePassage, Usage
from voicehelper.answering.stored import StoredFormError, answer_from_json, answer_to_json
from voicehelper.index.chunk import Place
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.trace import StageRun, Trace

from tests.unit.answering.passages import passage

# What the search knew of a passage is not shown, and not stored.
SHOWN: dict[str, Any] = {
    "bm25": 0.0,
    "similarity": None,
    "lexical_rank": None,
    "vector_rank": None,
    "is_cross_lingual": False,
}
NEAR = replace(passage("near"), **SHOWN)
ROWS = replace(
    passage("价格 12 元\u0000\u2028“x”"),
    **SHOWN,
    place=Place(sheet="价目", first_row=2, last_row=9),
    heading_path=("甲", "乙"),
    score=0.8125,
)
ANSWERED = Answered(
    "12 元 [1]。",
    [SourcePassage(ROWS, "价目.xlsx", "价格 12 元", is_cited=True)],
    Classification("factual", "simple", "hybrid_retrieval"),
    Usage("m", 120, 0.0036),
    Trace((StageRun("hybrid_retrieval", 0.2),)),
    0.75,
    confidence=0.91,
    closest=[SourcePassage(NEAR, "b.md", "near", is_cited=False)],
)


def test_an_answer_comes_back_as_it_was_but_for_what_was_spent_on_it() -> None:
    back = answer_from_json(answer_to_json(ANSWERED))

    assert back == replace(ANSWERED, usage=Usage("m"), trace=Trace(), total_s=0.0)


def test_a_refusal_comes_back_with_what_was_nearest() -> None:
    refused = replace(ANSWERED, status="refused", sources=[], confidence=0.1)

    back = answer_from_json(answer_to_json(refused))

    assert (back.status, back.sources, back.closest) == ("refused", [], refused.closest)


def test_no_link_is_stored() -> None:
    stored = json.loads(answer_to_json(ANSWERED))

    assert "url" not in stored["sources"][0]


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"text": "x"}', answer_to_json(ANSWERED)[:-40], '"x"'])
def test_what_is_no_stored_answer_is_told(text: str) -> None:
    with pytest.raises(StoredFormError):
        answer_from_json(text)
