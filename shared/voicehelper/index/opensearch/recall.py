"""Which chunks may answer: both legs, and a count, in one ``_msearch``. ``recall`` is the entry; the index calls it.

There is no row-level security here: every query carries the tenant and the bases, and the database asks again.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.opensearch import SEARCHING, OpenSearch, OpenSearchError
from voicehelper.index.opensearch.mapping import facts, unit_vector, vector_field
from voicehelper.index.protocol import SearchRequest

# A leg's own order is approximate: weights have nine bits, a graph may miss one. The database orders what is recalled.
_OVERSAMPLING: Final = 2
_MOST_CLAUSES: Final = 900  # of 1,024 that a query may have
_MISSING: Final = 404  # no index, as before the first document

Query = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recalled:
    """``total`` is the number of chunks that OpenSearch has in the bases."""

    chunk_ids: Sequence[UUID] = ()
    total: int = 0


def recall(
    client: OpenSearch,
    name: str,
    tenant_id: UUID,
    request: SearchRequest,
    weights: Mapping[int, float],
    documents: Sequence[UUID] | None = None,
) -> Recalled:
    """``weights`` is {term id: its weight in the question}; ``documents`` are all that the filter lets through, None
    where the metadata's plain values say it. OpenSearchError if any part of the answer is missing.
    """
    own = _own(tenant_id, request)
    allowed = [*own, *_filters(request, documents)]
    lines = [line for body in (_count(own), *_legs(allowed, request, weights)) for line in ({"index": name}, body)]
    answer = client.call_lines("/_msearch", lines, tries=SEARCHING)
    try:
        return _recalled(answer["responses"], len(lines) // 2)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise OpenSearchError("_msearch", 200, f"no answer of OpenSearch: {type(error).__name__}") from error


def _recalled(responses: Sequence[Mapping[str, Any]], searches: int) -> Recalled:
    if any(response.get("status") == _MISSING for response in responses):
        return Recalled()
    if len(responses) != searches:
        raise OpenSearchError("_msearch", 0, "responses are missing")
    for response in responses:
        _require_whole(response)
    count, *legs = (response["hits"] for response in responses)
    ids = {UUID(hit["_id"]) for leg in legs for hit in leg["hits"]}
    return Recalled(sorted(ids), int(count["total"]["value"]))


def _require_whole(response: Mapping[str, Any]) -> None:
    if "error" in response:
        raise OpenSearchError("_msearch", int(response.get("status", 0)), str(response["error"].get("type", "")))
    if response.get("timed_out") or response.get("_shards", {}).get("failed"):
        raise OpenSearchError("_msearch", 200, "shards are missing")


def _own(tenant_id: UUID, request: SearchRequest) -> list[Query]:
    return [{"term": {"tenant_id": str(tenant_id)}}, {"terms": {"kb_id": [str(kb_id) for kb_id in request.kb_ids]}}]


def _count(own: Sequence[Query]) -> Query:
    return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": own}}}


def _filters(request: SearchRequest, documents: Sequence[UUID] | None) -> list[Query]:
    if documents is not None:
        return [{"terms": {"document_id": [str(document_id) for document_id in documents]}}]
    return [{"term": {"facts": fact}} for fact in sorted(facts(request.metadata))]


def _legs(allowed: Sequence[Query], request: SearchRequest, weights: Mapping[int, float]) -> Iterator[Query]:
    limit = _OVERSAMPLING * request.leg_limit
    if weights:
        yield _page(_by_words(allowed, weights), limit)
    if request.vector is not None:
        yield _page(_by_vector(allowed, request.vector, limit), limit)
        if request.cross_lingual_limit:
            foreign = [*allowed, {"term": {"han": not request.is_chinese}}]
            nearest = _OVERSAMPLING * request.cross_lingual_limit
            yield _page(_by_vector(foreign, request.vector, nearest), nearest)


def _page(query: Query, size: int) -> Query:
    return {"size": size, "_source": False, "track_total_hits": False, "query": query}


def _by_words(allowed: Sequence[Query], weights: Mapping[int, float]) -> Query:
    heaviest = heapq.nlargest(_MOST_CLAUSES, weights.items(), key=lambda item: (item[1], item[0]))
    should = [{"rank_feature": {"field": f"words.{term}", "boost": weight, "linear": {}}} for term, weight in heaviest]
    return {"bool": {"filter": allowed, "must": [{"bool": {"should": should, "minimum_should_match": 1}}]}}


def _by_vector(allowed: Sequence[Query], vector: Sequence[float], k: int) -> Query:
    nearest = {"vector": unit_vector(vector), "k": k, "filter": {"bool": {"filter": allowed}}, "ignore_unmapped": True}
    return {"knn": {vector_field(len(vector)): nearest}}
