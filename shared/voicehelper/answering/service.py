"""From a question to an answer: facts of the bases → cache → retrieval → answer, as an iterator of events.

``answer_question`` is the entry; single questions and conversations call it through ``answer_resources.answerer``.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.answering.cached import SEMANTIC_CACHE, AnswerCache, Lookup, look_up
from voicehelper.answering.charging import calls_of, charge_alone, charge_of
from voicehelper.answering.events import Answered, Compose, Composed, Delta, Missing, Status, Usage
from voicehelper.answering.sources import select_sources, source_of
from voicehelper.errors import ConflictError
from voicehelper.identity.usage import charge
from voicehelper.index.answers import AnswerLookupError
from voicehelper.index.bases import BaseFacts, read_bases
from voicehelper.index.documents import read_filenames
from voicehelper.index.flights import Flight
from voicehelper.index.protocol import IndexBackend
from voicehelper.models.pricing import Tariffs
from voicehelper.models.protocols import Chat, Embedder, Reranker
from voicehelper.models.reading import TrainedReader
from voicehelper.observability.logs import logger
from voicehelper.observability.metrics import count
from voicehelper.retrieval.classifier import classify
from voicehelper.retrieval.pipeline import Clock, Retrieval, Spent, retrieve, start
from voicehelper.retrieval.plan import SearchContext, plan_expansion, plan_order, plan_query, plan_search
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.cross_encoder import NAME as CROSS_ENCODER
from voicehelper.retrieval.trace import StageRun, Trace
from voicehelper.shapes.ids import show
from voicehelper.text.other_names.keys import asked_keys

BASE_FACTS: Final = "base_facts"
EXPANSION: Final = "query_expansion"
AWAITED: Final = "same_question_awaited"
AWAITED_UNTIL_S: Final = 12.0  # of a question's time, which is twice as long
GENERATION: Final = "llm_generation"
SELF_RAG: Final = "self_rag_verification"
CLOSEST: Final = 3  # passages shown with a refusal


class EmbeddingModelMismatchError(ConflictError):
    """The base was built with another embedding model; vectors of different models cannot be compared."""

    code = "EMBEDDING_MODEL_MISMATCH"


@dataclass(frozen=True, slots=True)
class Searcher:
    """A deployment's parts of retrieval; ``embedder`` is a factory, because building one loads a model.

    ``tariffs`` are what the calls of its hosted models cost.
    """

    embedding_model: str
    embedder: Callable[[], Embedder]
    index: IndexBackend
    reranker: Callable[[], Reranker] | None = field(default=None, kw_only=True)
    reader: Callable[[], TrainedReader] | None = field(default=None, kw_only=True)
    tariffs: Tariffs = field(default_factory=Tariffs, kw_only=True)
    clock: Clock = field(default=time.monotonic, kw_only=True)


@dataclass(frozen=True, slots=True)
class Answerer(Searcher):
    """A deployment's parts of answering.

    ``made_by`` names whatever of them shapes an answer: the models, their settings, the code. Until ``awaited_until_s``
    after its start a question waits for the answer to the same one that another process is writing.
    """

    compose: Compose
    chat: Chat | None = field(default=None, kw_only=True)
    made_by: str = field(default="", kw_only=True)
    cache: AnswerCache = field(default_factory=AnswerCache, kw_only=True)
    awaited_until_s: float = field(default=AWAITED_UNTIL_S, kw_only=True)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a question found: an answer given before, or the passages and the file names of their documents."""

    retrieval: Retrieval
    bases: Sequence[BaseFacts]
    lookup: Lookup | None
    cached: Answered | None = None
    filenames: Mapping[UUID, str] = field(default_factory=dict)


def answer_question(tenant: TenantDatabase, question: Question, answerer: Answerer) -> Iterator[Delta | Answered]:
    """Raises KnowledgeBaseNotFoundError and EmbeddingModelMismatchError before the search."""
    started = answerer.clock()
    question = replace(question, tenant_id=tenant.tenant_id, viewer=tenant.viewer)
    with contextlib.ExitStack() as claims:
        found = _find(tenant, question, answerer, claims)
        if found.lookup:
            count("CacheHits", 1 if found.cached else 0)
        if found.cached:
            yield Delta(found.cached.text)
            yield replace(found.cached, trace=found.retrieval.trace, total_s=answerer.clock() - started)
            return
        yield from _compose_and_store(tenant, question, answerer, found, started)


def _compose_and_store(
    tenant: TenantDatabase, question: Question, answerer: Answerer, found: _Found, started: float
) -> Iterator[Delta | Answered]:
    clock, retrieval, filenames = answerer.clock, found.retrieval, found.filenames
    generation_started = clock()
    composed: Composed | None = None
    for event in answerer.compose(replace(retrieval, passages=retrieval.read or retrieval.passages)):
        if isinstance(event, Delta):
            yield event
        else:
            composed = event
    assert composed is not None, "the last event of compose() is a Composed"
    selected = [] if composed.refused else select_sources(retrieval.passages, composed.citations, question.top_k)
    nearest = select_sources(retrieval.passages, [], CLOSEST) if composed.refused else []
    seconds, chosen = clock() - generation_started, tuple(p.chunk_id for p in selected)
    generation = StageRun(GENERATION, seconds, chosen, began=generation_started)
    answered = Answered(
        text=composed.text,
        sources=[source_of(n, p, composed, question.text, filenames) for n, p in enumerate(selected)],
        classification=retrieval.classification or classify(question.text),
        usage=_with_spent(composed.usage, retrieval.spent),
        trace=_with_check(retrieval.trace + generation, composed),
        total_s=clock() - started,
        status=_status(composed),
        confidence=min(1.0, max(0.0, composed.confidence)),
        closest=[source_of(n, p, composed, question.text, filenames) for n, p in enumerate(nearest)],
        degraded=_degraded(composed, retrieval),
        check=composed.check,
    )
    yield answered
    charges = [charge_of(question, answered.usage, retrieval.spent), *calls_of(retrieval, answerer.tariffs)]
    if not (found.lookup and answerer.cache.store(tenant, found.lookup, found.bases, answered, charges)):
        charge_alone(tenant, *charges)


def _with_spent(usage: Usage, spent: Spent | None) -> Usage:
    """What the search spent on a chat model counts as the answer's, whoever wrote it."""
    if spent is None:
        return usage
    return replace(usage, tokens=usage.tokens + spent.tokens, cost_usd=usage.cost_usd + spent.cost_usd)


def _with_check(trace: Trace, composed: Composed) -> Trace:
    return trace + StageRun(SELF_RAG, composed.check.seconds) if composed.check else trace


def _status(composed: Composed) -> Status:
    """A refusal without the chat model may be wrong: it is told from that of a deployment that works."""
    if not composed.refused:
        return "answered"
    return "unavailable" if composed.degraded else "refused"


def _degraded(composed: Composed, retrieval: Retrieval) -> tuple[Missing, ...]:
    return (*composed.degraded, *missing_in(retrieval))


def missing_in(retrieval: Retrieval) -> tuple[Missing, ...]:
    """What the search did without though the question asked for it."""
    wants_vector = "meaning" in retrieval.question.legs
    missing: dict[Missing, bool] = {
        "embedding_model": wants_vector and retrieval.vector is None,
        "search_engine": retrieval.is_fallback,
        "rerank_model": retrieval.trace.failed(CROSS_ENCODER),
        "query_expansion": retrieval.trace.failed(EXPANSION),
    }
    return tuple(name for name, is_missing in missing.items() if is_missing)


def search_bases(
    tenant: TenantDatabase, question: Question, searcher: Searcher
) -> tuple[Retrieval, Mapping[UUID, str]]:
    """The passages, and the file names of their documents, of a search that composes no answer.

    Raises KnowledgeBaseNotFoundError and EmbeddingModelMismatchError.
    """
    query = retrieve(start(question), plan_query(searcher.embedder, question.legs), searcher.clock)
    opened = searcher.clock()
    with tenant.transaction() as tx:
        bases = read_bases(tx, question.base_ids, asked_keys(query.asked))
        require_model(bases, searcher.embedding_model)
        facts_run = StageRun(BASE_FACTS, searcher.clock() - opened, began=opened)
        found, filenames = _search(tx, replace(query, trace=query.trace + facts_run), searcher, bases)
        charge(tx, *calls_of(found, searcher.tariffs))
    ordered = _in_order(found, searcher)
    charge_alone(tenant, *calls_of(replace(ordered, embedded_tokens=0), searcher.tariffs))
    return ordered, filenames


def _search(
    tx: Transaction, query: Retrieval, searcher: Searcher, bases: Sequence[BaseFacts]
) -> tuple[Retrieval, Mapping[UUID, str]]:
    searched = bases if query.vector is not None else [replace(base, vector_leg=False) for base in bases]
    context = SearchContext(searcher.index.open(tx), searched, has_reranker=searcher.reranker is not None)
    found = retrieve(query, plan_search(query.question, context), searcher.clock)
    return found, read_filenames(tx, (passage.document_id for passage in found.passages))


def _find(tenant: TenantDatabase, question: Question, answerer: Answerer, claims: contextlib.ExitStack) -> _Found:
    query = retrieve(start(question), plan_query(answerer.embedder, question.legs), answerer.clock)
    lookup = look_up(tenant.tenant_id, question, vector=query.vector, made_by=answerer.made_by)
    try:
        found = _look_up_or_search(tenant, query, answerer, lookup, claims)
    except AnswerLookupError as error:
        logger().warning("cached answers not read", extra={"explanation": str(error)})
        found = _look_up_or_search(tenant, query, answerer, None, claims)
    return found if found.cached else replace(found, retrieval=_in_order(found.retrieval, answerer))


def _look_up_or_search(
    tenant: TenantDatabase, query: Retrieval, answerer: Answerer, lookup: Lookup | None, claims: contextlib.ExitStack
) -> _Found:
    """What is searched is at least as new as the state of the bases that the answer is stored for.

    Where a chat model would be paid, one process at a time answers the same question, and ``claims`` ends its claim.
    """
    with tenant.transaction() as tx:
        found = _look_up(tx, query, answerer, lookup)
        flight = lookup.flight(found.bases) if lookup and answerer.chat and not found.cached else None
        leads = flight is None or flight.begin(tx)
        if flight and leads:
            claims.callback(flight.end, tenant)
            found = _look_up(tx, found.retrieval, answerer, lookup)  # another one may have ended since the first look
        expansion = plan_expansion(found.retrieval, answerer.chat, answerer.embedder, answerer.clock)
        if leads and not expansion and not found.cached:
            return _with_passages(tx, found, answerer)
    if flight and not leads:
        found = _await(tenant, flight, found, answerer)
    if found.cached:
        return found
    expanded = retrieve(found.retrieval, expansion, answerer.clock)  # waits for a model, so between two transactions
    with tenant.transaction() as tx:
        return _with_passages(tx, replace(found, retrieval=expanded), answerer)


def _look_up(tx: Transaction, query: Retrieval, answerer: Answerer, lookup: Lookup | None) -> _Found:
    opened = answerer.clock()
    bases, cached = answerer.cache.read(tx, query.question.base_ids, lookup, asked_keys(query.asked))
    require_model(bases, answerer.embedding_model)
    if cached:
        charge(tx, charge_of(query.question, cached.usage), *calls_of(query, answerer.tariffs))
    run = StageRun(SEMANTIC_CACHE if cached else BASE_FACTS, answerer.clock() - opened, began=opened)
    return _Found(replace(query, trace=query.trace + run), bases, lookup, cached)


def _await(tenant: TenantDatabase, flight: Flight, found: _Found, answerer: Answerer) -> _Found:
    """The other's answer, or none: who has waited in vain answers, too, instead of waiting for the next one."""
    opened, trace = answerer.clock(), found.retrieval.trace
    flight.wait(tenant, answerer.awaited_until_s - sum(run.seconds for run in trace.runs), answerer.clock)
    query = replace(found.retrieval, trace=trace + StageRun(AWAITED, answerer.clock() - opened, began=opened))
    with tenant.transaction() as tx:
        return _look_up(tx, query, answerer, found.lookup)


def _with_passages(tx: Transaction, found: _Found, answerer: Answerer) -> _Found:
    retrieval, filenames = _search(tx, found.retrieval, answerer, found.bases)
    return replace(found, retrieval=retrieval, filenames=filenames)


def _in_order(found: Retrieval, searcher: Searcher) -> Retrieval:
    return retrieve(found, plan_order(found.question, searcher.reranker, searcher.reader), searcher.clock)


class BuiltBase(Protocol):
    """A base, and the name of the embedding model that it was built with."""

    @property
    def id(self) -> UUID: ...
    @property
    def embedding_model(self) -> str: ...


def require_model(bases: Sequence[BuiltBase], model: str) -> None:
    """EmbeddingModelMismatchError unless all of them were built with ``model``."""
    for base in bases:
        if base.embedding_model != model:
            reindex = f"POST /api/v1/knowledge/bases/{show('kb', base.id)}/reindex"
            raise EmbeddingModelMismatchError(
                details={"built_with": base.embedding_model, "current": model, "reindex": reindex}
            )
