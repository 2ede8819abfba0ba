"""A search as Dify asks for it: ``retrieve`` is the entry of POST /dify/retrieval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.answering.events import SourcePassage
from voicehelper.answering.passages import FoundPassages
from voicehelper.answering.response import MakeUrl, title_of
from voicehelper.messages.language import Language
from voicehelper.protocols.bases import find_base
from voicehelper.protocols.bodies import ProtocolBody
from voicehelper.protocols.dify.conditions import FILENAME, MetadataCondition, matches, search_filter
from voicehelper.retrieval.question import Question
from voicehelper.shapes.ids import show

MOST_RECORDS: Final = 100
# Found passages that conditions choose from, where the search itself cannot hold to them.
_CANDIDATES: Final = 100
_MOST_VALUES: Final = 500


class RetrievalSetting(ProtocolBody):
    top_k: Annotated[int, Field(ge=1, le=MOST_RECORDS)] = 5
    score_threshold: Annotated[float, Field(ge=0, le=1)] | None = None


class DifyRequest(ProtocolBody):
    knowledge_id: Annotated[str, Field(min_length=1, max_length=200, description="Name or id of a knowledge base.")]
    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
    retrieval_setting: Annotated[RetrievalSetting, Field(default_factory=RetrievalSetting)]
    metadata_condition: MetadataCondition | None = None


class DifyRecord(BaseModel):
    content: str
    score: Annotated[float, Field(ge=0, le=1)]
    title: str
    metadata: Annotated[
        dict[str, Any], Field(description="The document's own, with document_id, filename, page and url.")
    ]


class DifyRecords(BaseModel):
    records: Annotated[list[DifyRecord], Field(description="Best first.")]


@dataclass(frozen=True, slots=True)
class _DocumentFacts:
    id: UUID
    metadata: dict[str, Any]


_METADATA: Final = "SELECT id, metadata FROM document WHERE tenant_id = %(tenant_id)s AND id = ANY(%(ids)s)"


def read_metadata(tx: Transaction, document_ids: set[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """By document."""
    return {row.id: row.metadata for row in tx.all(_DocumentFacts, _METADATA, ids=list(document_ids))}


@dataclass(frozen=True, slots=True)
class _FieldValue:
    value: Any


_VALUES: Final = """
    SELECT DISTINCT metadata -> %(name)s AS value FROM document
     WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s AND status <> 'deleting' LIMIT %(limit)s
"""


def read_values(tx: Transaction, kb_id: UUID, name: str) -> list[Any]:
    """What the documents of a base hold in a field, None where one lacks it; empty where that is too much to read."""
    rows = tx.all(_FieldValue, _VALUES, kb_id=kb_id, name=name, limit=_MOST_VALUES)
    return [row.value for row in rows] if len(rows) < _MOST_VALUES else []


def retrieve(
    request: DifyRequest,
    tenant: TenantDatabase,
    *,
    language: Language,
    search: Callable[[Question], FoundPassages],
    make_url: MakeUrl,
) -> DifyRecords:
    """KnowledgeBaseNotFoundError for an unknown base, and what the search raises."""
    wanted, setting = request.metadata_condition, request.retrieval_setting
    with tenant.transaction() as tx:
        base = find_base(tx, request.knowledge_id.strip(), takes_bare_name=True)
        held_to = search_filter(wanted, lambda name: read_values(tx, base.id, name))
    top_k = _CANDIDATES if wanted and wanted.conditions else setting.top_k
    question = Question(request.query, [base.id], language, top_k=top_k, metadata=held_to, graph=False)
    passages = search(question).passages
    with tenant.transaction() as tx:
        metadata = read_metadata(tx, {source.passage.document_id for source in passages})
    kept = [
        source
        for source in passages
        if source.passage.document_id in metadata  # deleted since the search
        and source.passage.score >= (setting.score_threshold or 0)
        and matches(wanted, metadata[source.passage.document_id] | {FILENAME: source.filename})
    ]
    return DifyRecords(
        records=[_record(source, metadata[source.passage.document_id], make_url) for source in kept[: setting.top_k]]
    )


def _record(source: SourcePassage, metadata: Mapping[str, Any], make_url: MakeUrl) -> DifyRecord:
    passage = source.passage
    place = {
        "document_id": show("doc", passage.document_id),
        "filename": source.filename,
        "url": make_url(passage.document_id, passage.page),
        **({"page": passage.page} if passage.page is not None else {}),
    }
    return DifyRecord(
        content=passage.text,
        score=passage.score,
        title=title_of(passage) or source.filename,
        metadata={**metadata, **place},
    )
