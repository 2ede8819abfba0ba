"""The answering path wired to this deployment's models; shared by single questions and conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.answer import Answer
from voicehelper.answering.api import Metrics, QueryClassifier, RagRequest, RagResponse, Source
from voicehelper.answering.reader.compose import compose_answer
from voicehelper.answering.service import Answered, Question, Usage, answer_question
from voicehelper.messages import Language
from voicehelper.models.configured import OFFLINE_EMBEDDING, answer_model, embedder, embedding_model
from voicehelper.retrieval.passage import Passage
from voicehelper.text.question_terms import Idf

OFFLINE_READER = "offline-extractive"


def answerer(tenant: TenantDatabase) -> Callable[[Question], Answered]:
    """A function that answers for one tenant with the configured models."""

    def answer(question: Question) -> Answered:
        return answer_question(tenant, question, model=embedding_model(), embedder=embedder, compose=compose)

    return answer


def compose(question: Question, passages: Sequence[Passage], idf: Idf) -> tuple[Answer, Usage]:
    """By the hosted model where one is configured, else by the built-in reader; both refuse without ground."""
    model = answer_model()
    if model is None:
        return _read(question, passages, idf), Usage(OFFLINE_READER)
    from voicehelper.answering.hosted.generate import generate_answer

    return generate_answer(question, passages, idf, chat=model)


def _read(question: Question, passages: Sequence[Passage], idf: Idf) -> Answer:
    """What a cosine says was learned from the built-in embedding; beside another one words alone decide."""
    if embedding_model() == OFFLINE_EMBEDDING:
        return compose_answer(question.text, passages, idf, similarity=_similarity)
    return compose_answer(question.text, [replace(passage, similarity=None) for passage in passages], idf)


def _similarity(question: str, texts: Sequence[str]) -> list[float]:
    model = embedder()
    asked = model.embed_query(question)
    return [float(sum(a * b for a, b in zip(asked, v, strict=True))) for v in model.embed_passages(texts)]


def answer_request(tenant: TenantDatabase, request: RagRequest, language: Language) -> RagResponse:
    question = Question(
        text=request.query,
        base_ids=[request.kb_id],
        language=language,
        mode=request.mode,
        top_k=request.top_k,
        fusion=request.fusion,
        metadata=request.filter,
    )
    return show_answer(answerer(tenant)(question))


def show_answer(answered: Answered) -> RagResponse:
    kind = answered.classification
    return RagResponse(
        answer=answered.text,
        sources=[_source(passage) for passage in answered.passages],
        metrics=_metrics(answered),
        features_used=answered.features,
        query_classifier=QueryClassifier(type=kind.type, complexity=kind.complexity, strategy=kind.strategy),
    )


def _source(passage: Passage) -> Source:
    """A row of a sheet has no page; its rows stand behind the title."""
    first, last = passage.place.get("first_row"), passage.place.get("last_row")
    rows = f" [{first}–{last}]" if first else ""
    return Source(
        document_id=passage.document_id,
        chunk_id=passage.chunk_id,
        title=f"{passage.title}{rows}",
        content=passage.text,
        score=passage.score,
        page=passage.page,
    )


def _metrics(answered: Answered) -> Metrics:
    """Parts are rounded down and the total up, so that the total is never less than their sum."""
    return Metrics(
        retrieval_latency=int(answered.retrieval_s * 1e4) / 1e4,
        rerank_latency=0,
        generation_latency=int(answered.generation_s * 1e4) / 1e4,
        total_latency=(int(answered.total_s * 1e4) + 1) / 1e4,
        tokens_used=answered.usage.tokens,
        cost_usd=answered.usage.cost_usd,
        cache_hit=False,
        compression_applied=False,
        self_rag_triggered=False,
    )
