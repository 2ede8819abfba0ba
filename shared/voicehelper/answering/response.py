"""From the requests of POST /rag/query and /retrieval to a question, and from what was found to the responses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

from voicehelper.answering.api import (
    BaseQuery,
    Metrics,
    QueryClassifier,
    RagRequest,
    RagResponse,
    RetrievalRequest,
    RetrievalResponse,
    Source,
)
from voicehelper.answering.events import Answered, SourcePassage
from voicehelper.answering.passages import FoundPassages
from voicehelper.answering.service import GENERATION, SELF_RAG
from voicehelper.index.filters import parse_filter, reads_status
from voicehelper.index.passage import Passage
from voicehelper.messages.language import Language
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.graph import NAME as GRAPH_RETRIEVAL
from voicehelper.retrieval.trace import Trace

# Stage names of the public API; other stages are not reported.
RERANKERS: Final = ("cross_encoder_rerank", "lexical_rerank")
FEATURES: Final = (
    "hybrid_retrieval",
    *RERANKERS,
    "context_compression",
    SELF_RAG,
    GRAPH_RETRIEVAL,
    "semantic_cache",
    "query_expansion",
)
MakeUrl = Callable[[UUID, int | None], str]


def question_of(request: RagRequest, language: Language) -> Question:
    return replace(
        query_of(request, language),
        use_cache=request.use_cache is not False and not reads_status(parse_filter(request.filter)),
        rerank=request.use_rerank,
        compression=request.compression_ratio if request.use_compression else 1.0,
        self_rag=request.use_self_rag is not False,
    )


def query_of(request: BaseQuery, language: Language) -> Question:
    return Question(
        text=request.query,
        base_ids=[request.kb_id],
        language=language,
        mode=request.mode,
        top_k=request.top_k,
        fusion=request.fusion,
        metadata=request.filter,
        graph=request.use_graph,
    )


def search_of(request: RetrievalRequest, language: Language) -> Question:
    return Question(
        text=request.query,
        base_ids=list(dict.fromkeys(request.kb_ids)),
        language=language,
        top_k=request.top_k,
        metadata=request.filter,
        legs=request.legs,
        rerank=bool(request.rerank),
        graph=False,
    )


def show_passages(found: FoundPassages, make_url: MakeUrl) -> RetrievalResponse:
    return RetrievalResponse(
        passages=[show_source(source, make_url) for source in found.passages],
        metrics=_metrics(found.trace, found.total_s),
        legs=list(found.legs),
        degraded=list(found.degraded),
        ignored_options=[],
    )


def show_answer(answered: Answered, make_url: MakeUrl) -> RagResponse:
    kind = answered.classification
    return RagResponse(
        answer=answered.text,
        status=answered.status,
        confidence=round(answered.confidence, 4),
        sources=[show_source(source, make_url) for source in answered.sources],
        closest=[show_source(source, make_url) for source in answered.closest],
        degraded=list(answered.degraded),
        metrics=metrics(answered),
        features_used=answered.trace.features(FEATURES),
        query_classifier=QueryClassifier(type=kind.type, complexity=kind.complexity, strategy=kind.strategy),
        ignored_options=[],
    )


def show_source(source: SourcePassage, make_url: MakeUrl) -> Source:
    passage = source.passage
    return Source(
        document_id=passage.document_id,
        chunk_id=passage.chunk_id,
        filename=source.filename,
        title=title_of(passage),
        page=passage.page,
        quote=source.quote,
        content=passage.text,
        score=passage.score,
        cited=source.is_cited,
        url=make_url(passage.document_id, passage.page),
        recognised=passage.place.recognised,
    )


def title_of(passage: Passage) -> str:
    """Sheets have no pages, so their row numbers follow the title."""
    place = passage.place
    return f"{passage.title} [{place.first_row}–{place.last_row}]" if place.first_row else passage.title


def metrics(answered: Answered) -> Metrics:
    usage = answered.usage
    corrected = answered.check is not None and answered.check.corrected
    return _metrics(answered.trace, answered.total_s, tokens=usage.tokens, cost_usd=usage.cost_usd, corrected=corrected)


def _metrics(
    trace: Trace, total_s: float, *, tokens: int = 0, cost_usd: float = 0.0, corrected: bool = False
) -> Metrics:
    """Metrics from the trace. Parts are rounded down and the total up, so that it is at least their sum."""
    later = {*RERANKERS, GENERATION, SELF_RAG}
    retrieval = [run.name for run in trace.runs if run.name not in later]
    return Metrics(
        retrieval_latency=_floor_s(trace.seconds(retrieval)),
        rerank_latency=_floor_s(trace.seconds(RERANKERS)),
        generation_latency=_floor_s(trace.seconds([GENERATION])),
        total_latency=(int(total_s * 1e4) + 1) / 1e4,
        tokens_used=tokens,
        cost_usd=cost_usd,
        cache_hit=trace.ran("semantic_cache"),
        compression_applied=trace.ran("context_compression"),
        self_rag_triggered=corrected,
    )


def _floor_s(seconds: float) -> float:
    return int(seconds * 1e4) / 1e4
