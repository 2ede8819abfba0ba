"""From a question to an answer: facts of the bases → retrieval → answer, as an iterator of events.

``answer_question`` is the entry; single questions and conversations call it through ``resources.answerer``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.events import Answered, Compose, Composed, Delta
from voicehelper.errors import ConflictError
from voicehelper.index.bases import BaseFacts, read_bases
from voicehelper.index.passage import Passage
from voicehelper.index.protocol import OpenIndex
from voicehelper.models.protocols import Embedder
from voicehelper.retrieval.classifier import classify
from voicehelper.retrieval.pipeline import Clock, Retrieval, retrieve
from voicehelper.retrieval.plan import Available, plan
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.trace import StageRun, Trace
from voicehelper.shapes.ids import show

BASE_FACTS: Final = "base_facts"
GENERATION: Final = "llm_generation"


class EmbeddingModelMismatchError(ConflictError):
    """The base's vectors and the question's would come from different models: never compared."""

    code = "EMBEDDING_MODEL_MISMATCH"


@dataclass(frozen=True, slots=True)
class Answerer:
    """How a deployment answers. ``embedder`` is a factory: a question that needs no vector never loads the model."""

    embedding_model: str
    embedder: Callable[[], Embedder]
    open_index: OpenIndex
    compose: Compose
    clock: Clock = time.monotonic


def answer_question(tenant: TenantDatabase, question: Question, by: Answerer) -> Iterator[Delta | Answered]:
    """Raises KnowledgeBaseNotFoundError and EmbeddingModelMismatchError before any work is done."""
    started = by.clock()
    found = _retrieve(tenant, question, by)
    retrieved = by.clock()
    composed: Composed | None = None
    for event in by.compose(found):
        if isinstance(event, Delta):
            yield event
        else:
            composed = event
    assert composed is not None, "an answer ends with what was composed"
    passages = [] if composed.refused else cited_first(found.passages, composed.citations, question.top_k)
    yield Answered(
        text=composed.text,
        passages=passages,
        classification=found.classification or classify(question.text),
        usage=composed.usage,
        trace=found.trace + StageRun(GENERATION, by.clock() - retrieved, tuple(p.chunk_id for p in passages)),
        total_s=by.clock() - started,
    )


def _retrieve(tenant: TenantDatabase, question: Question, by: Answerer) -> Retrieval:
    started = by.clock()
    with tenant.transaction() as tx:
        bases = read_bases(tx, question.base_ids)
        _require_model(bases, by.embedding_model)
        facts_read = StageRun(BASE_FACTS, by.clock() - started)
        available = Available(by.open_index(tx), bases, by.embedder)
        found = retrieve(question, plan(question, available), by.clock)
    return replace(found, trace=Trace((facts_read, *found.trace.runs)))


def _require_model(bases: Sequence[BaseFacts], model: str) -> None:
    for base in bases:
        if base.embedding_model != model:
            reindex = f"POST /api/v1/knowledge/bases/{show('kb', base.id)}/reindex"
            raise EmbeddingModelMismatchError(
                details={"built_with": base.embedding_model, "current": model, "reindex": reindex}
            )


def cited_first(passages: Sequence[Passage], citations: Sequence[int], top_k: int) -> list[Passage]:
    """The sources to show: those the answer cites, in the order of its marks, then the best of the rest that score.

    Scores fall along the list: a cited passage never shows less than the one after it.
    """
    others = [n for n, passage in enumerate(passages) if n not in citations and passage.score > 0]
    sources = [passages[number] for number in [*citations, *others][: max(top_k, len(citations))]]
    shown: list[Passage] = []
    for passage in reversed(sources):
        floor = shown[-1].score if shown else 0.0
        shown.append(replace(passage, score=round(max(passage.score, floor), 4)))
    return shown[::-1]
