from __future__ import annotations

from dataclasses import replace

from voicehelper.answering.events import Answered, Usage
from voicehelper.answering.response import show_answer
from voicehelper.index.chunk import Place
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.trace import StageRun, Trace

from tests.unit.answering.passages import passage

TRACE = Trace(
    (
        StageRun("base_facts", 0.01004),
        StageRun("hybrid_retrieval", 0.2),
        StageRun("lexical_rerank", 0.03),
        StageRun("graph_retrieval", 0.0, skip_reason="one hop"),
        StageRun("cross_lingual_promotion", 0.001),
        StageRun("llm_generation", 0.5),
    )
)
ANSWERED = Answered(
    "It lasts 24 months [1].",
    [passage("24 months")],
    Classification("factual", "simple", "hybrid_retrieval"),
    Usage("m", 120, 0.0036),
    TRACE,
    0.75,
)


def test_every_latency_is_read_from_the_trace() -> None:
    metrics = show_answer(ANSWERED).metrics

    assert (metrics.retrieval_latency, metrics.rerank_latency, metrics.generation_latency) == (0.211, 0.03, 0.5)
    assert metrics.total_latency >= metrics.retrieval_latency + metrics.rerank_latency + metrics.generation_latency


def test_features_are_the_known_stages_that_ran() -> None:
    assert show_answer(ANSWERED).features_used == ["hybrid_retrieval", "lexical_rerank"]


def test_what_did_not_run_is_not_claimed() -> None:
    metrics = show_answer(ANSWERED).metrics

    assert (metrics.cache_hit, metrics.compression_applied, metrics.self_rag_triggered) == (False, False, False)


def test_a_cached_answer_says_so() -> None:
    cached = replace(ANSWERED, trace=TRACE + StageRun("semantic_cache", 0.001))

    assert show_answer(cached).metrics.cache_hit
    assert "semantic_cache" in show_answer(cached).features_used


def test_rows_of_a_sheet_stand_behind_the_title() -> None:
    row = replace(passage("a: 1", title="prices.xlsx"), place=Place(sheet="2024", first_row=3, last_row=5))

    assert show_answer(replace(ANSWERED, passages=[row])).sources[0].title == "prices.xlsx [3–5]"
