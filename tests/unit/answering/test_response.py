from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from voicehelper.answering.api import RagRequest, RagResponse
from voicehelper.answering.events import Answered, SourcePassage, Usage
from voicehelper.answering.response import question_of, show_answer
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
    [SourcePassage(passage("24 months"), "manual.pdf", "24 months", is_cited=True)],
    Classification("factual", "simple", "hybrid_retrieval"),
    Usage("m", 120, 0.0036),
    TRACE,
    0.75,
)

REQUEST = RagRequest(query="How long?", kb_id=UUID(int=1), filter={})


def shown(answered: Answered) -> RagResponse:
    return show_answer(answered, lambda document_id, page: f"/{document_id.int}#page={page}")


def test_every_latency_is_read_from_the_trace() -> None:
    metrics = shown(ANSWERED).metrics

    assert (metrics.retrieval_latency, metrics.rerank_latency, metrics.generation_latency) == (0.211, 0.03, 0.5)
    assert metrics.total_latency >= metrics.retrieval_latency + metrics.rerank_latency + metrics.generation_latency


def test_features_are_the_known_stages_that_ran() -> None:
    assert shown(ANSWERED).features_used == ["hybrid_retrieval", "lexical_rerank"]


def test_what_did_not_run_is_not_claimed() -> None:
    metrics = shown(ANSWERED).metrics

    assert (metrics.cache_hit, metrics.compression_applied, metrics.self_rag_triggered) == (False, False, False)


def test_a_cached_answer_says_so() -> None:
    cached = replace(ANSWERED, trace=TRACE + StageRun("semantic_cache", 0.001))

    assert shown(cached).metrics.cache_hit
    assert "semantic_cache" in shown(cached).features_used


def test_rows_of_a_sheet_stand_behind_the_title() -> None:
    row = replace(passage("a: 1", title="prices.xlsx"), place=Place(sheet="2024", first_row=3, last_row=5))

    source = SourcePassage(row, "prices.xlsx", "a: 1", is_cited=False)

    assert shown(replace(ANSWERED, sources=[source])).sources[0].title == "prices.xlsx [3–5]"


def test_a_source_says_where_it_is_and_what_it_is_cited_for() -> None:
    source = shown(ANSWERED).sources[0].model_dump(exclude={"document_id", "chunk_id"})

    assert source == {
        "filename": "manual.pdf", "title": "手册", "page": 1, "quote": "24 months", "content": "24 months",
        "score": 1.0, "cited": True, "url": "/100#page=1", "recognised": None,
    }  # fmt: skip


def test_a_refusal_is_told_from_an_answer_and_shows_what_is_nearest() -> None:
    nearest = SourcePassage(passage("12 months"), "manual.pdf", "12 months", is_cited=False)
    refusal = shown(replace(ANSWERED, status="refused", confidence=0.31, sources=[], closest=[nearest]))

    assert (refusal.status, refusal.confidence, refusal.sources) == ("refused", 0.31, [])
    assert [source.quote for source in refusal.closest] == ["12 months"]


@pytest.mark.parametrize(("use_cache", "expected"), [(None, True), (True, True), (False, False)])
def test_the_cache_is_used_unless_it_is_switched_off(use_cache: bool | None, expected: bool) -> None:
    request = RagRequest(query="How long?", kb_id=UUID(int=1), filter={}, use_cache=use_cache)

    assert question_of(request, "en").use_cache is expected


@pytest.mark.parametrize("use_graph", [None, True, False])
def test_names_are_followed_as_the_request_says(use_graph: bool | None) -> None:
    request = RagRequest(query="How long?", kb_id=UUID(int=1), filter={}, use_graph=use_graph)

    assert question_of(request, "en").graph is use_graph


def test_no_option_of_a_request_is_ignored() -> None:
    assert shown(ANSWERED).ignored_options == []
