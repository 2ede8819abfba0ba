"""The legs of a search inside one large base, by the partial indexes that ``upkeep`` has made for it.

``search`` puts them in the place of its own where ``indexed_legs`` finds them of use. The lexical leg finds the same
rows as the scan. The vector leg is approximate: a graph of the base alone, walked far enough to find at least 99 % of
the nearest ten, also for questions off the base's topic (docs/decisions/0007).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from voicehelper.adapters.database import Transaction
from voicehelper.index.protocol import SearchRequest

# A chunk without any of the rarest terms, up to a seventh of the base, scores at most 2.2 (BM25's k1 + 1) times the idf
# of the others. Where as many chunks as are wanted score more, they are the best of the base; elsewhere the scan
# follows. The share of chunks that hold a term is e^-idf.
LEX: Final = """
  rarest AS MATERIALIZED (
    SELECT array_agg(id) FILTER (WHERE share <= 0.143) AS ids,
           2.201 * coalesce(sum(times * idf) FILTER (WHERE share > 0.143), 0) AS most_without
      FROM (SELECT id, times, idf, sum(exp(-idf)) OVER (ORDER BY idf DESC, id) AS share FROM term) AS shares),
  with_rarest AS MATERIALIZED (
    SELECT chunk_id, lex <#> (SELECT v FROM question) AS s FROM chunk_lex
     WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s) AND lex_terms(lex) && (SELECT ids FROM rarest)
     ORDER BY s, chunk_id LIMIT %(leg_limit)s),
  decided AS MATERIALIZED (
    SELECT most_without = 0 OR coalesce((SELECT count(*) = %(leg_limit)s AND max(s) < -most_without FROM with_rarest),
                                        false) AS yes
      FROM rarest),
  lex AS (
    SELECT chunk_id, row_number() OVER (ORDER BY s, chunk_id) AS r FROM (
      SELECT chunk_id, s FROM (
        SELECT chunk_id, s FROM with_rarest WHERE (SELECT yes FROM decided)
        UNION ALL SELECT chunk_id, s FROM (
          SELECT chunk_id, lex <#> (SELECT v FROM question) AS s FROM chunk_lex
           WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s) AND NOT (SELECT yes FROM decided)
          OFFSET 0) AS scanned) AS found
       ORDER BY s, chunk_id LIMIT %(leg_limit)s) AS best
     WHERE s < 0)
"""
# Written as the index has it: halfvec(…, n, true) is what the cast to halfvec(n) means. The order inside is the graph's
# own, by distance alone.
OWN: Final = """
  own_language AS MATERIALIZED (
    SELECT chunk_id, d FROM (
      SELECT chunk_id, halfvec(embedding, %(dimensions)s, true) <=> %(vector)s::halfvec AS d FROM chunk_vec
       WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s) AND han = %(is_chinese)s
         AND vector_dims(embedding) = %(dimensions)s
       ORDER BY d LIMIT %(leg_limit)s) AS nearest)
"""
OTHER: Final = """
  other_language AS MATERIALIZED (
    SELECT chunk_id, d FROM (
      SELECT chunk_id, halfvec(embedding, %(dimensions)s, true) <=> %(vector)s::halfvec AS d FROM chunk_vec
       WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s) AND han = (NOT %(is_chinese)s)
         AND vector_dims(embedding) = %(dimensions)s
       ORDER BY d LIMIT greatest(%(leg_limit)s, %(cross_lingual_limit)s)) AS nearest)
"""


class LargeLegs(NamedTuple):
    """Which scans of a search an index replaces."""

    words: bool = False
    own_language: bool = False
    other_language: bool = False

    @property
    def by_graph(self) -> bool:
        return self.own_language or self.other_language


NONE_INDEXED: Final = LargeLegs()


def indexed_legs(request: SearchRequest) -> LargeLegs:
    """A filter or a second base would leave too few of a graph's rows, so such a search scans."""
    if not request.indexes or request.metadata or len(request.kb_ids) != 1:
        return NONE_INDEXED
    own, other = ("chinese", "others") if request.is_chinese else ("others", "chinese")
    by_vector = request.vector is not None
    return LargeLegs(
        words="words" in request.indexes and bool(request.terms),
        own_language=by_vector and own in request.indexes,
        other_language=by_vector and other in request.indexes,
    )


# How many of the nearest a walk keeps: 800 find .994 to 1.0 of the exact ten, on and off the topic; pgvector's most is
# 1,000.
WALK: Final = 800
_MOST: Final = 1_000
_SET_WALK: Final = "SELECT set_config('hnsw.ef_search', %(walk)s, true)"


def prepare_graph(tx: Transaction, request: SearchRequest) -> None:
    """For the rest of the transaction."""
    tx.run(_SET_WALK, walk=str(min(_MOST, max(WALK, 2 * request.leg_limit))))
