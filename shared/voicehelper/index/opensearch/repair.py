"""Compares what OpenSearch holds with PostgreSQL, document by document. ``note_differences`` is the entry.

``operations`` calls it once a day, and it makes the index of a deployment that has chosen OpenSearch. It changes
nothing itself: what differs joins the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.opensearch import WRITING, OpenSearchError
from voicehelper.index.opensearch.upkeep import Target, ignoring

_PAGE: Final = 1_000
_MOST_GONE: Final = 10_000  # chunks of a document in one look; the next look sees the others
_KEYS: Final = ("tenant_id", "kb_id", "document_id")


@dataclass(frozen=True, slots=True)
class Document:
    tenant_id: UUID
    kb_id: UUID
    document_id: UUID


@dataclass(frozen=True, slots=True)
class Content:
    """What tells two sets of chunks apart: their number, and the sums of two of their fields."""

    chunks: int
    marks: int
    dimensions: int


@dataclass(frozen=True, slots=True)
class _Row:
    tenant_id: UUID
    kb_id: UUID
    document_id: UUID
    chunks: int
    marks: int
    dimensions: int


# For all tenants: ids and numbers of tables without a policy. Documents whose changes are under way are left alone.
_ROWS: Final = """
    SELECT l.tenant_id, l.kb_id, l.document_id, count(*) AS chunks,
           sum(('x' || left(l.chunk_id::text, 6))::bit(24)::int)::bigint AS marks,
           coalesce(sum(vector_dims(v.embedding)), 0)::bigint AS dimensions
      FROM chunk_lex AS l LEFT JOIN chunk_vec AS v ON v.chunk_id = l.chunk_id
     GROUP BY l.tenant_id, l.kb_id, l.document_id
"""
_UNDER_WAY: Final = "SELECT DISTINCT tenant_id, kb_id, document_id FROM search_outbox"
_NOTE: Final = """
    INSERT INTO search_outbox (tenant_id, kb_id, document_id, gone)
    VALUES (%(tenant_id)s, %(kb_id)s, %(document_id)s, %(gone)s)
"""


def note_differences(database: Database, target: Target) -> int:
    """Returns the number of documents that differ, which ``bring_up_to_date`` then writes anew or removes."""
    there = dict(_in_opensearch(target))
    with database.transaction() as tx:
        here = dict(_in_postgresql(tx))
        under_way = set(tx.all(Document, _UNDER_WAY))
    differing = [
        document
        for document in here.keys() | there.keys()
        if here.get(document) != there.get(document) and document not in under_way
    ]
    for document in differing:
        gone = _chunk_ids(target, document) if document in there else []
        with database.transaction(document.tenant_id) as tx:
            tx.run(_NOTE, kb_id=document.kb_id, document_id=document.document_id, gone=gone)
    return len(differing)


def _in_postgresql(tx: Transaction) -> Iterator[tuple[Document, Content]]:
    for row in tx.all(_Row, _ROWS):
        yield Document(row.tenant_id, row.kb_id, row.document_id), Content(row.chunks, row.marks, row.dimensions)


def _in_opensearch(target: Target) -> Iterator[tuple[Document, Content]]:
    sources = [{key: {"terms": {"field": key}}} for key in _KEYS]
    sums = {name: {"sum": {"field": name}} for name in ("mark", "dimensions")}
    after: Mapping[str, str] = {}
    while True:
        composite = {"size": _PAGE, "sources": sources, **({"after": after} if after else {})}
        page = _search(target, {"size": 0, "aggs": {"documents": {"composite": composite, "aggs": sums}}})
        if page is None:
            return
        found = page["aggregations"]["documents"]
        for bucket in found["buckets"]:
            marks, dimensions = int(bucket["mark"]["value"]), int(bucket["dimensions"]["value"])
            yield _document(bucket["key"]), Content(bucket["doc_count"], marks, dimensions)
        if not (after := found.get("after_key", {})):
            return


def _document(key: Mapping[str, str]) -> Document:
    return Document(*(UUID(key[name]) for name in _KEYS))


def _chunk_ids(target: Target, document: Document) -> Sequence[UUID]:
    own = [{"term": {key: str(getattr(document, key))}} for key in _KEYS]
    page = _search(target, {"size": _MOST_GONE, "_source": False, "query": {"bool": {"filter": own}}})
    return [] if page is None else [UUID(hit["_id"]) for hit in page["hits"]["hits"]]


def _search(target: Target, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """None before the index has been made. OpenSearchError for a part of an answer, which would look like a loss."""
    with ignoring("index_not_found_exception"):
        answer = target.client.call("POST", f"/{target.name}/_search", body, tries=WRITING)
        if answer.get("timed_out") or answer["_shards"].get("failed"):
            raise OpenSearchError("_search", 200, "shards are missing")
        return answer
    return None
