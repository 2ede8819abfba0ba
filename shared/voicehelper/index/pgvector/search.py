"""Search in PostgreSQL: both legs, their scores and the chunks' text, in one statement and one round trip.

``search`` is the entry; ``PgvectorIndex`` calls it. Each leg is an exact scan inside the bases, forced by ``OFFSET 0``:
an approximate index with a filter returns too few rows, above all for questions that the base does not cover. A scan
keeps the best rows in a heap as it goes; nothing of the size of a base is sorted or stored. A large base has partial
indexes of its own, and its legs stand in ``search_large``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.index.literals import vector_literal
from voicehelper.index.passage import Passage
from voicehelper.index.pgvector.conditions import filter_condition
from voicehelper.index.pgvector.rows import ChunkRow, passage_of
from voicehelper.index.pgvector.search_large import (
    LEX,
    NONE_INDEXED,
    OTHER,
    OWN,
    LargeLegs,
    indexed_legs,
    prepare_graph,
)
from voicehelper.index.protocol import Hits, Legs, SearchRequest

# idf of each question term from the hashed counters, then the question as a sparse vector. A term that no chunk has
# weighs as much as the rarest that one has: in a base of a few chunks its own idf is several times theirs.
QUESTION: Final = """
  stats AS MATERIALIZED (
    SELECT coalesce(sum(chunks), 0)::float8 AS n FROM lex_stats
     WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s)),
  term AS MATERIALIZED (
    SELECT x.id, x.times, d.df, ln(1 + (s.n - d.df + 0.5) / (d.df + 0.5)) AS idf
      FROM unnest(%(terms)s::int[], %(times)s::int[]) AS x (id, times)
      CROSS JOIN stats AS s
      CROSS JOIN LATERAL (
        SELECT least(coalesce(sum((f.df::real[])[(x.id & 255) + 1]), 0), s.n)::float8 AS df FROM lex_df_page AS f
         WHERE f.kb_id = ANY(%(kb_ids)s) AND f.tenant_id = %(tenant_id)s AND f.page = (x.id & 65535) / 256) AS d),
  question AS MATERIALIZED (
    SELECT ('{' || string_agg(id || ':' || (times * idf)::float4, ',' ORDER BY id) || '}/1000000000')::sparsevec AS v,
           jsonb_object_agg(id, least(idf, (SELECT max(idf) FROM term WHERE df > 0))) AS idf
      FROM term)
"""
_METADATA: Final = "AND chunk_id IN (SELECT id FROM chunk WHERE kb_id = ANY(%(kb_ids)s) AND meta @> %(metadata)s)"
# Each leg is limited before it is numbered: under row_number() a LIMIT would sort every row of the base. Chunks without
# any of the terms score 0 and sort after all others, so they are left out last.
_LEX_HEAD: Final = """
  lex AS (
    SELECT chunk_id, row_number() OVER (ORDER BY s, chunk_id) AS r FROM (
      SELECT chunk_id, s FROM (
        SELECT chunk_id, lex <#> (SELECT v FROM question) AS s FROM chunk_lex
         WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s)
"""
_LEX_TAIL: Final = """ OFFSET 0) AS scanned
       ORDER BY s, chunk_id LIMIT %(leg_limit)s) AS best
     WHERE s < 0)
"""
_NO_LEX: Final = "lex AS (SELECT NULL::uuid AS chunk_id, NULL::bigint AS r WHERE false)"
# One scan for each of the two languages, so that the nearest of the other one need no second look at every distance.
_OWN_HEAD: Final = """
  own_language AS MATERIALIZED (
    SELECT chunk_id, d FROM (
      SELECT chunk_id, embedding <=> %(vector)s::halfvec AS d FROM chunk_vec
       WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s) AND han = %(is_chinese)s
"""
_OWN_TAIL: Final = """ OFFSET 0) AS scanned
     ORDER BY d, chunk_id LIMIT %(leg_limit)s)
"""
_OTHER_HEAD: Final = """
  other_language AS MATERIALIZED (
    SELECT chunk_id, d FROM (
      SELECT chunk_id, embedding <=> %(vector)s::halfvec AS d FROM chunk_vec
       WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s) AND han = NOT %(is_chinese)s
"""
_OTHER_TAIL: Final = """ OFFSET 0) AS scanned
     ORDER BY d, chunk_id LIMIT greatest(%(leg_limit)s, %(cross_lingual_limit)s))
"""
_MERGED: Final = """
  vec AS (
    SELECT chunk_id, row_number() OVER (ORDER BY d, chunk_id) AS r FROM (
      SELECT chunk_id, d FROM own_language UNION ALL SELECT chunk_id, d FROM other_language
       ORDER BY d, chunk_id LIMIT %(leg_limit)s) AS best),
  cross_lingual AS (SELECT chunk_id FROM other_language ORDER BY d, chunk_id LIMIT %(cross_lingual_limit)s)
"""
_NO_VEC: Final = """vec AS (SELECT NULL::uuid AS chunk_id, NULL::bigint AS r WHERE false),
  cross_lingual AS (SELECT NULL::uuid AS chunk_id WHERE false)"""
# Both scores of every candidate: one that is missing from a leg's results does not score zero there. The idf are on the
# first row alone.
_SCORED_HEAD: Final = """
  candidate AS (
    SELECT chunk_id, max(lexical_rank) AS lexical_rank, max(vector_rank) AS vector_rank,
           bool_or(is_cross_lingual) AS is_cross_lingual
      FROM (SELECT chunk_id, r AS lexical_rank, NULL::bigint AS vector_rank, false AS is_cross_lingual FROM lex
            UNION ALL SELECT chunk_id, NULL, r, false FROM vec
            UNION ALL SELECT chunk_id, NULL, NULL, true FROM cross_lingual) AS recalled
     GROUP BY chunk_id)
SELECT u.chunk_id, c.document_id, c.title, c.content, c.page, nullif(c.place, '{}') AS place,
       u.lexical_rank, u.vector_rank, u.is_cross_lingual,
       coalesce(-(l.lex <#> (SELECT v FROM question)), 0)::float8 AS bm25,
       CASE WHEN row_number() OVER () = 1 THEN (SELECT idf FROM question) END AS idf,
"""
_SIMILARITY: Final = "(1 - (v.embedding <=> %(vector)s::halfvec))::float8 AS similarity"
_NO_SIMILARITY: Final = "NULL::float8 AS similarity"
_SCORED_TAIL: Final = """
  FROM candidate AS u
  JOIN chunk_lex AS l ON l.chunk_id = u.chunk_id
  JOIN chunk AS c ON c.id = u.chunk_id AND c.tenant_id = %(tenant_id)s
  LEFT JOIN chunk_vec AS v ON v.chunk_id = u.chunk_id
"""


# What another index recalled, and what it may not have yet: the chunks of changed documents.
_POOL: Final = """,
  pool AS MATERIALIZED (
    SELECT array_cat(%(recalled)s::uuid[], ARRAY(
      SELECT l.chunk_id FROM search_outbox AS o JOIN chunk_lex AS l ON l.document_id = o.document_id
       WHERE o.tenant_id = %(tenant_id)s AND o.kb_id = ANY(%(kb_ids)s)
         AND (o.searchable_at IS NULL OR o.searchable_at > now()))) AS ids)
"""
_IN_POOL: Final = " AND chunk_id = ANY((SELECT ids FROM pool)::uuid[])"
# What a filter of the language lets through is decided once for each document, all of whose chunks have its metadata.
_ALLOWED: Final = """,
  allowed AS MATERIALIZED (
    SELECT id FROM chunk WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s) AND document_id IN (
      SELECT d.id FROM document AS d
       CROSS JOIN LATERAL (SELECT meta FROM chunk WHERE document_id = d.id AND tenant_id = %(tenant_id)s LIMIT 1) AS c
       WHERE d.tenant_id = %(tenant_id)s AND d.kb_id = ANY(%(kb_ids)s) AND ({condition})))
"""
_IN_ALLOWED: Final = "AND chunk_id IN (SELECT id FROM allowed)"


def _statement(
    legs: Legs,
    *,
    filtered: bool,
    indexed: LargeLegs = NONE_INDEXED,
    in_pool: bool = False,
    condition: LiteralString = "",
) -> LiteralString:
    by_filter = _IN_ALLOWED if condition else _METADATA if filtered else ""
    metadata = f"{by_filter}{_IN_POOL if in_pool else ''}"
    words = LEX if indexed.words else f"{_LEX_HEAD}{metadata}{_LEX_TAIL}"
    own = OWN if indexed.own_language else f"{_OWN_HEAD}{metadata}{_OWN_TAIL}"
    other = OTHER if indexed.other_language else f"{_OTHER_HEAD}{metadata}{_OTHER_TAIL}"
    lex = _NO_LEX if legs == "vector" else words
    vec = _NO_VEC if legs == "lexical" else f"{own}, {other}, {_MERGED}"
    similarity = _NO_SIMILARITY if legs == "lexical" else _SIMILARITY
    allowed = _ALLOWED.replace("{condition}", condition) if condition else ""
    question = f"{QUESTION}{allowed}{_POOL if in_pool else ''}"
    return f"WITH {question}, {lex}, {vec}, {_SCORED_HEAD} {similarity} {_SCORED_TAIL}"


# Every statement a search may run, complete, so that it can be printed and EXPLAINed.
SEARCH: Final[Mapping[tuple[Legs, bool], LiteralString]] = {
    ("both", False): _statement("both", filtered=False),
    ("both", True): _statement("both", filtered=True),
    ("lexical", False): _statement("lexical", filtered=False),
    ("lexical", True): _statement("lexical", filtered=True),
    ("vector", False): _statement("vector", filtered=False),
    ("vector", True): _statement("vector", filtered=True),
}


@functools.cache
def large_statement(legs: Legs, indexed: LargeLegs) -> LiteralString:
    """For one base with indexes of its own, without a filter; the legs that have none are those of ``SEARCH``."""
    return _statement(legs, filtered=False, indexed=indexed)


@functools.cache
def pool_statement(legs: Legs, *, filtered: bool) -> LiteralString:
    """Both legs among the chunks that another index recalled, which decide nothing else than what is looked at."""
    return _statement(legs, filtered=filtered, in_pool=True)


def filtered_statement(legs: Legs, condition: LiteralString, *, in_pool: bool = False) -> LiteralString:
    """With a filter of the language, as ``conditions`` writes it over ``chunk AS c`` and ``document AS d``."""
    return _statement(legs, filtered=True, in_pool=in_pool, condition=condition)


@dataclass(slots=True)  # not frozen: half the time to build, a hundred times a search
class _HitRow(ChunkRow):
    lexical_rank: int | None
    vector_rank: int | None
    is_cross_lingual: bool
    bm25: float
    similarity: float | None
    idf: dict[str, float] | None


def search(tx: Transaction, request: SearchRequest) -> Hits:
    """Empty for bases without chunks and for a request with neither terms nor a vector."""
    if not request.kb_ids or not (request.terms or request.vector is not None):
        return Hits()
    if condition := filter_condition(request.metadata):
        statement = filtered_statement(request.legs, condition.text)
        return _hits(tx.all(_HitRow, statement, **search_values(request), **condition.values))
    indexed = indexed_legs(request)
    if indexed.by_graph:
        prepare_graph(tx, request)
    statement = large_statement(request.legs, indexed) if any(indexed) else SEARCH[request.legs, bool(request.metadata)]
    return _hits(tx.all(_HitRow, statement, **search_values(request)))


def search_pool(tx: Transaction, request: SearchRequest, recalled: Sequence[UUID]) -> Hits:
    """Of ``recalled`` chunks, those that the tenant's bases hold now, with the scores and ranks that ``search`` gives
    them; and those of documents that changed so lately that the other index may not know.
    """
    values = {**search_values(request), "recalled": list(recalled)}
    if condition := filter_condition(request.metadata):
        statement = filtered_statement(request.legs, condition.text, in_pool=True)
        return _hits(tx.all(_HitRow, statement, **values, **condition.values))
    return _hits(tx.all(_HitRow, pool_statement(request.legs, filtered=bool(request.metadata)), **values))


def _hits(rows: Sequence[_HitRow]) -> Hits:
    idf = {int(term): float(value) for term, value in (rows[0].idf or {}).items()} if rows else {}
    return Hits(tuple(map(_passage, rows)), idf)


def search_values(request: SearchRequest) -> dict[str, Any]:
    return {
        "kb_ids": list(request.kb_ids),
        "terms": list(request.terms),
        "times": list(request.terms.values()),
        "vector": None if request.vector is None else vector_literal(request.vector),
        "dimensions": 0 if request.vector is None else len(request.vector),
        "leg_limit": request.leg_limit,
        "is_chinese": request.is_chinese,
        "cross_lingual_limit": request.cross_lingual_limit,
        "metadata": Jsonb(dict(request.metadata)),
    }


def _passage(row: _HitRow) -> Passage:
    return passage_of(
        row,
        bm25=row.bm25,
        similarity=row.similarity,
        lexical_rank=row.lexical_rank,
        vector_rank=row.vector_rank,
        is_cross_lingual=row.is_cross_lingual,
    )
