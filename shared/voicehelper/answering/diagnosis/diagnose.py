"""Ask a question as it is, and find where its expected evidence was lost; ``diagnose_question`` is the entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.answering.diagnosis.documents import ExpectedDocument, find_document
from voicehelper.answering.diagnosis.evidence import Evidence, find_evidence, leg_ranks, says
from voicehelper.answering.diagnosis.losses import Case, Seen, follow
from voicehelper.answering.events import Answered, final_answer
from voicehelper.answering.passages import searched_legs
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.index.bases import read_bases
from voicehelper.index.protocol import ChunkIndex, SearchRequest
from voicehelper.retrieval.pipeline import Retrieval, retrieve, start
from voicehelper.retrieval.plan import SearchContext, plan_query, plan_search
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.search import HybridSearch
from voicehelper.text.other_names.keys import asked_keys

if TYPE_CHECKING:
    from voicehelper.answering.diagnosis.api import Expected

_SHOWN_CHUNKS = 20


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """``stages`` in their order; ``chunk_ids`` hold the evidence, the best ranked first."""

    stages: Sequence[Seen]
    document: ExpectedDocument | None
    chunk_ids: Sequence[UUID]
    answered: Answered


def diagnose_question(tenant: TenantDatabase, question: Question, expected: Expected, answerer: Answerer) -> Diagnosed:
    """Raises as ``answer_question`` does. The question is embedded twice, because the answer keeps no vector."""
    answered = final_answer(answer_question(tenant, question, answerer))
    query = retrieve(start(question), plan_query(answerer.embedder, question.legs))
    with tenant.transaction() as tx:
        index = answerer.index.open(tx)
        document, evidence = _expected(tx, index, question, expected)
        evidence = _with_sources(evidence, answered, document, expected)
        words, meaning = leg_ranks(index, _request(tx, index, query), evidence.chunk_ids)
    legs = searched_legs(answered.trace)
    case = Case(
        is_named=_names_document(expected),
        document=document,
        evidence=evidence,
        words=words if "words" in legs else None,
        meaning=meaning if "meaning" in legs else None,
        answered=answered,
        threshold=_threshold(),
    )
    return Diagnosed(follow(case), document, _ranked(case), answered)


def _threshold() -> float:
    from voicehelper.answering.evidence import THRESHOLD

    return THRESHOLD


def _expected(
    tx: Transaction, index: ChunkIndex, question: Question, expected: Expected
) -> tuple[ExpectedDocument | None, Evidence]:
    (kb_id,) = question.base_ids or ()
    if not _names_document(expected):
        return None, find_evidence(index, kb_id, None, expected.text)
    document = find_document(tx, question, document_id=expected.document_id, filename=expected.filename)
    if document is None:
        return None, Evidence(frozenset())
    return document, find_evidence(index, kb_id, document.id, expected.text)


def _request(tx: Transaction, index: ChunkIndex, query: Retrieval) -> SearchRequest:
    """What the question's own search asked the index."""
    bases = read_bases(tx, query.question.base_ids, asked_keys(query.asked))
    if query.vector is None:
        bases = [replace(base, vector_leg=False) for base in bases]
    stages = plan_search(query.question, SearchContext(index, bases))
    at = next(number for number, stage in enumerate(stages) if isinstance(stage, HybridSearch))
    search = stages[at]
    assert isinstance(search, HybridSearch)
    return search.request(retrieve(query, stages[:at]))


def _names_document(expected: Expected) -> bool:
    return expected.document_id is not None or expected.filename is not None


def _with_sources(
    evidence: Evidence, answered: Answered, document: ExpectedDocument | None, expected: Expected
) -> Evidence:
    """Sources hold the text as well, where it is in more chunks than were looked at."""
    if expected.text is None or (document is None and _names_document(expected)):
        return evidence
    passages = [source.passage for source in (*answered.sources, *answered.closest)]
    own = [passage for passage in passages if document is None or passage.document_id == document.id]
    more = {passage.chunk_id for passage in own if says(passage, expected.text)}
    return replace(evidence, chunk_ids=evidence.chunk_ids | more)


def _ranked(case: Case) -> list[UUID]:
    """By the last stage that ranked them, then by the legs."""
    chunk_ids = case.evidence.chunk_ids
    found = [chunk for run in reversed(case.answered.trace.runs) for chunk in run.chunk_ids if chunk in chunk_ids]
    by_legs = [leg.chunk_id for leg in (case.words, case.meaning) if leg and leg.chunk_id]
    return list(dict.fromkeys([*found, *by_legs, *sorted(chunk_ids)]))[:_SHOWN_CHUNKS]
