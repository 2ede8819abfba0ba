"""From the request of POST /rag/query to a question, and from an answer to its response."""

from __future__ import annotations

from typing import Final

from voicehelper.answering.api import Metrics, QueryClassifier, RagRequest, RagResponse, Source
from voicehelper.answering.events import Answered
from voicehelper.answering.service import GENERATION
from voicehelper.index.passage import Passage
from voicehelper.messages.language import Language
from voicehelper.retrieval.question import Question

# Stage names of the public API; other stages are not reported.
RERANKERS: Final = ("cross_encoder_rerank", "lexical_rerank")
FEATURES: Final = (
    "hybrid_retrieval",
    *RERANKERS,
    "context_compression",
    "self_rag_verification",
    "graph_retrieval",
    "semantic_cache",
    "query_expansion",
)


def question_of(request: RagRequest, language: Language) -> Question:
    return Question(
        text=request.query,
        base_ids=[request.kb_id],
        language=language,
        mode=request.mode,
        top_k=request.top_k,
        fusion=request.fusion,
        metadata=request.filter,
    )


def show_answer(answered: Answered) -> RagResponse:
    kind = answered.classification
    return RagResponse(
        answer=answered.text,
        sources=[_source(passage) for passage in answered.passages],
        metrics=metrics(answered),
        features_used=answered.trace.features(FEATURES),
        query_classifier=QueryClassifier(type=kind.type, complexity=kind.complexity, strategy=kind.strategy),
    )


def _source(passage: Passage) -> Source:
    """Sheets have no pages, so their row numbers follow the title."""
    place = passage.place
    rows = f" [{place.first_row}–{place.last_row}]" if place.first_row else ""
    return Source(
        document_id=passage.document_id,
        chunk_id=passage.chunk_id,
        title=f"{passage.title}{rows}",
        content=passage.text,
        score=passage.score,
        page=passage.page,
    )


def metrics(answered: Answered) -> Metrics:
    """Metrics from the trace. Parts are rounded down and the total up, so that it is at least their sum."""
    trace = answered.trace
    later = {*RERANKERS, GENERATION, "self_rag_verification"}
    retrieval = [run.name for run in trace.runs if run.name not in later]
    return Metrics(
        retrieval_latency=_floor_s(trace.seconds(retrieval)),
        rerank_latency=_floor_s(trace.seconds(RERANKERS)),
        generation_latency=_floor_s(trace.seconds([GENERATION])),
        total_latency=(int(answered.total_s * 1e4) + 1) / 1e4,
        tokens_used=answered.usage.tokens,
        cost_usd=answered.usage.cost_usd,
        cache_hit=trace.ran("semantic_cache"),
        compression_applied=trace.ran("context_compression"),
        self_rag_triggered=trace.ran("self_rag_verification"),
    )


def _floor_s(seconds: float) -> float:
    return int(seconds * 1e4) / 1e4
