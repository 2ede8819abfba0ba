"""A question's stages as spans: named for operators, timed where they ran, without a word of the question."""

from __future__ import annotations

import json
import time
from uuid import UUID

from voicehelper.answering.spans import record_question
from voicehelper.observability.traces import traced
from voicehelper.retrieval.trace import StageRun, Trace

from tests.support.segments import Taken, taken

__all__ = ["taken"]

BASE = UUID(int=5)


def test_stages_are_spans_in_the_order_they_ran(taken: Taken) -> None:
    began = time.monotonic()
    runs = (
        StageRun("query_classifier", 0.1, began=began),
        StageRun("hybrid_retrieval", 0.5, (UUID(int=1), UUID(int=2)), began=began + 0.1),
        StageRun("cross_encoder_rerank", 0.2, began=began + 0.6),
        StageRun("llm_generation", 1.0, began=began + 0.8),
    )

    with traced("query"):
        record_question(Trace(runs), [BASE])

    sent = taken.by_name()
    names = [name for name, _ in sorted(sent.items(), key=lambda item: item[1]["start_time"]) if name != "query"]
    assert names[0] == "query_classifier"
    assert set(names[1:4]) == {"hybrid_retrieval", "vector_search", "bm25_search"}
    assert names[4:] == ["reranking", "llm_generation"]
    assert sent["vector_search"]["parent_id"] == sent["bm25_search"]["parent_id"] == sent["hybrid_retrieval"]["id"]
    assert {sent[name]["parent_id"] for name in ("query_classifier", "reranking")} == {sent["query"]["id"]}
    assert sent["hybrid_retrieval"]["metadata"]["voicehelper"]["kept"] == 2
    assert sent["query"]["annotations"]["base"] == str(BASE)


def test_one_leg_alone_has_no_parts(taken: Taken) -> None:
    with traced("query"):
        record_question(Trace((StageRun("bm25_search", 0.5),)), None)

    assert {segment["name"] for segment in taken.segments()} == {"query", "bm25_search"}


def test_why_a_stage_failed_stays_in_the_log(taken: Taken) -> None:
    with traced("query"):
        record_question(Trace((StageRun("cross_encoder_rerank", 0.1, skip_reason="failed: payroll"),)), [BASE])

    facts = taken.by_name()["reranking"]["metadata"]["voicehelper"]
    assert facts == {"by": "cross_encoder_rerank", "kept": 0, "skipped": True, "failed": True}
    assert "payroll" not in json.dumps(facts)
