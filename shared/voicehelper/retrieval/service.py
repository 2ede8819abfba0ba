"""From a question to an answer: facts of the bases → search → answer → metrics, each part timed (RAG-10)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.errors import ConflictError
from voicehelper.llm.embedding import Embedder
from voicehelper.messages import Language
from voicehelper.retrieval.answering import Answer, Passage
from voicehelper.retrieval.classifier import Classification, classify

# Each leg recalls at least twice what is shown (TRB-6); more costs little and lets the answer look further.
LEG_LIMIT = 50
CANDIDATES = 20


class EmbeddingModelMismatchError(ConflictError):
    """The base's vectors and the query's would come from different models: never compared."""

    code = "EMBEDDING_MODEL_MISMATCH"


@dataclass(frozen=True, slots=True)
class Question:
    """``base_ids`` None searches every base of the tenant; ``history`` is (role, content), oldest first."""

    text: str
    base_ids: list[UUID] | None
    language: Language
    mode: str = "ultimate"
    top_k: int = 5
    fusion: str = "convex"
    metadata: dict[str, Any] = field(default_factory=dict)
    history: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    model: str
    tokens: int
    cost_usd: float


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


Compose = Callable[[Question, Sequence[Passage], Callable[[str], float]], tuple[Answer, Usage]]


def answer_question(
    tenant: TenantDatabase, question: Question, *, model: str, embedder: Callable[[], Embedder], compose: Compose
) -> Answered:
    """Raises KnowledgeBaseNotFoundError and EmbeddingModelMismatchError before any work is done.

    ``embedder`` is a factory: a question that needs no vector never loads the model.
    """
    started = time.monotonic()
    classification = classify(question.text)
    with tenant.transaction() as conn:
        passages, idf, features = _retrieve(conn, tenant.tenant_id, question, model=model, embedder=embedder)
    retrieved = time.monotonic()
    answer, usage = compose(question, passages, idf)
    finished = time.monotonic()
    return Answered(
        text=answer.text,
        passages=[] if answer.refused else shown_sources(passages, answer.citations, question.top_k),
        classification=classification,
        features=features,
        usage=usage,
        retrieval_s=retrieved - started,
        generation_s=finished - retrieved,
        total_s=time.monotonic() - started,
    )
