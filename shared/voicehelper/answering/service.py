"""From a question to an answer: facts of the bases → search → answer → metrics, each part timed (RAG-10)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from voicehelper.adapters.database import Connection, TenantDatabase
from voicehelper.answering.answer import Answer
from voicehelper.errors import ConflictError
from voicehelper.index.bases import base_facts
from voicehelper.index.bm25 import query_counts
from voicehelper.index.pgvector.search import Found, Fusion, Search, hybrid_search
from voicehelper.messages import Language
from voicehelper.models.protocols import Embedder
from voicehelper.retrieval.classifier import Classification, classify
from voicehelper.retrieval.passage import Passage
from voicehelper.retrieval.rewrite import search_text
from voicehelper.shapes.ids import show
from voicehelper.text.language import text_language
from voicehelper.text.question_terms import Idf, content_ids

# Each leg recalls at least twice what is shown (TRB-6); a little more costs nothing measurable.
LEG_LIMIT = 50
CANDIDATES = 20


class EmbeddingModelMismatchError(ConflictError):
    """The base's vectors and the question's would come from different models: never compared."""

    code = "EMBEDDING_MODEL_MISMATCH"


@dataclass(frozen=True, slots=True)
class Question:
    """``base_ids`` None searches every base of the tenant; ``history`` is (role, content), oldest first."""

    text: str
    base_ids: list[UUID] | None
    language: Language
    mode: str = "ultimate"
    top_k: int = 5
    fusion: Fusion = "convex"
    metadata: dict[str, Any] = field(default_factory=dict)
    history: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What answering cost, by the model that answered."""

    model: str
    tokens: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Answered:
    """``passages`` are the sources, best first; empty when nothing was found."""

    text: str
    passages: list[Passage]
    classification: Classification
    features: list[str]
    usage: Usage
    retrieval_s: float
    generation_s: float
    total_s: float


Compose = Callable[[Question, Sequence[Passage], Idf], tuple[Answer, Usage]]


def answer_question(
    tenant: TenantDatabase, question: Question, *, model: str, embedder: Callable[[], Embedder], compose: Compose
) -> Answered:
    """Raises KnowledgeBaseNotFoundError and EmbeddingModelMismatchError before any work is done.

    ``embedder`` is a factory: a question that needs no vector never loads the model.
    """
    started = time.monotonic()
    with tenant.transaction() as conn:
        passages, idf, features = _retrieve(conn, tenant.tenant_id, question, model=model, embedder=embedder)
    retrieved = time.monotonic()
    answer, usage = compose(question, passages, idf)
    composed = time.monotonic()
    return Answered(
        text=answer.text,
        passages=[] if answer.refused else cited_first(passages, answer.citations, question.top_k),
        classification=classify(question.text),
        features=features,
        usage=usage,
        retrieval_s=retrieved - started,
        generation_s=composed - retrieved,
        total_s=time.monotonic() - started,
    )


def cited_first(passages: Sequence[Passage], citations: Sequence[int], top_k: int) -> list[Passage]:
    """The sources to show: those the answer cites, in the order of its marks, then the best of the rest that score.

    Scores fall along the list (RAG-9): a cited passage never shows less than the one after it.
    """
    others = [n for n, passage in enumerate(passages) if n not in citations and passage.score > 0]
    chosen = [passages[number] for number in [*citations, *others][: max(top_k, len(citations))]]
    shown: list[Passage] = []
    for passage in reversed(chosen):
        floor = shown[-1].score if shown else 0.0
        shown.append(_with_score(passage, max(passage.score, floor)))
    return shown[::-1]


def _with_score(passage: Passage, score: float) -> Passage:
    return replace(passage, score=round(score, 4))


def _retrieve(
    conn: Connection, tenant_id: UUID, question: Question, *, model: str, embedder: Callable[[], Embedder]
) -> tuple[list[Passage], Idf, list[str]]:
    facts = base_facts(conn, tenant_id=tenant_id, base_ids=question.base_ids)
    for fact in facts:
        if fact["embedding_model"] != model:
            raise _mismatch(fact, model)
    wants_vector = any(fact["vector_leg"] is not False for fact in facts)
    text = search_text(question.text, question.history)
    search = Search(
        terms={} if question.mode == "simple" and wants_vector else query_counts(text),
        vector=embedder().embed_query(text) if wants_vector else None,
        content=content_ids(question.text),
        limit=max(CANDIDATES, question.top_k),
        leg_limit=max(LEG_LIMIT, 2 * question.top_k),
        fusion=question.fusion,
        metadata=question.metadata or None,
        han=text_language(question.text) == "zh",
    )
    found, idf = hybrid_search(conn, search, tenant_id=tenant_id, kb_ids=[fact["id"] for fact in facts])
    features = ["hybrid_retrieval"] if search.terms and search.vector is not None else []
    return [_passage(item) for item in found], _idf_of(idf), features


def _mismatch(fact: dict[str, Any], model: str) -> EmbeddingModelMismatchError:
    reindex = f"POST /api/v1/knowledge/bases/{show('kb', fact['id'])}/reindex"
    return EmbeddingModelMismatchError(
        details={"built_with": fact["embedding_model"], "current": model, "reindex": reindex}
    )


def _idf_of(idf: dict[int, float]) -> Idf:
    """A term the base does not know is as rare as the rarest it does."""
    rarest = max(idf.values(), default=1.0)
    return lambda term: idf.get(term, rarest)


def _passage(found: Found) -> Passage:
    return Passage(
        chunk_id=found.chunk_id,
        document_id=found.document_id,
        title=found.title,
        text=found.content,
        page=found.page,
        score=found.score,
        bm25=found.bm25,
        similarity=found.similarity,
        place=found.place,
    )
