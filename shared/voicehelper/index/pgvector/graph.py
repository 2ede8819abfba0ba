"""Links between chunks by their names: the names of a document's chunks, and one statement that follows two hops.

``write_entities`` and ``links`` are the entries; ``PgvectorIndex`` calls them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.index.chunk import Chunk
from voicehelper.index.links import BOUNDS
from voicehelper.index.literals import vector_literal
from voicehelper.index.pgvector.conditions import filter_condition
from voicehelper.index.pgvector.rows import ChunkRow, passage_of
from voicehelper.index.protocol import Link, LinkRequest
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.text.tokenization import DIMENSIONS

# Arrays of one length only can be unnested side by side, so the terms of a name are sent as an array's text.
_INSERT_ENTITIES: Final = """
    INSERT INTO chunk_entity (chunk_id, tenant_id, kb_id, document_id, phrase, key, terms, is_title)
    SELECT chunk_id, %(tenant_id)s, %(kb_id)s, %(document_id)s, phrase, key, terms::int[], is_title
      FROM unnest(%(chunk_ids)b::uuid[], %(phrases)b::text[], %(keys)b::int[], %(terms)b::text[],
                  %(are_titles)b::bool[]) AS t (chunk_id, phrase, key, terms, is_title)
"""


def entity_columns(chunks: Sequence[Chunk]) -> dict[str, Any]:
    """Columns of the rows of all the chunks' names."""
    from voicehelper.index.entities import chunk_entities  # its patterns: a question does not need them

    rows = [(c.chunk_id, e) for c, named in zip(chunks, chunk_entities(chunks), strict=True) for e in named]
    return {
        "chunk_ids": [chunk_id for chunk_id, _ in rows],
        "phrases": [entity.phrase for _, entity in rows],
        "keys": [entity.key for _, entity in rows],
        "terms": [f"{{{','.join(map(str, entity.terms))}}}" for _, entity in rows],
        "are_titles": [entity.is_title for _, entity in rows],
    }


def write_entities(tx: Transaction, ref: DocumentRef, columns: Mapping[str, Any]) -> None:
    """After the chunks; those of an earlier run went with theirs."""
    if columns["chunk_ids"]:
        tx.run(_INSERT_ENTITIES, **columns, kb_id=ref.kb_id, document_id=ref.document_id)


_SOURCES: Final = """
  stats AS MATERIALIZED (
    SELECT coalesce(sum(chunks), 0)::float8 AS n FROM lex_stats
     WHERE tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s)),
  source1 AS MATERIALIZED (
    SELECT chunk_id, lex_terms(lex) AS terms FROM chunk_lex
     WHERE chunk_id = ANY(%(chunk_ids)s) AND tenant_id = %(tenant_id)s AND kb_id = ANY(%(kb_ids)s)
    UNION ALL SELECT NULL::uuid, %(terms)s::int[])
"""
# A hop: names whose terms a source has all of; the names that are rare; the best chunks of each. Its own names do not
# count, for two chunks of one title or subject do not mention each other, but lead to a document with that title. The
# rare names are one value: nothing tells the planner how many there are, and it would join row by row.
_NAMED1: Final = """
  named1 AS MATERIALIZED (
    SELECT s.chunk_id AS source, e.phrase, e.is_title, e.chunk_id, e.document_id, e.terms
      FROM source1 AS s
     CROSS JOIN LATERAL unnest(s.terms) AS t (id)
      JOIN chunk_entity AS e ON e.kb_id = ANY(%(kb_ids)s) AND e.tenant_id = %(tenant_id)s AND e.key = t.id
                            AND e.terms <@ s.terms AND e.chunk_id IS DISTINCT FROM s.chunk_id
     WHERE NOT EXISTS (SELECT FROM chunk_entity AS o
                        WHERE o.chunk_id = s.chunk_id AND o.phrase = e.phrase AND (o.is_title OR NOT e.is_title)))
"""
_RARE1: Final = """
  rare1 AS MATERIALIZED (
    SELECT jsonb_object_agg(g.phrase, f.df) AS frequencies FROM (
      SELECT phrase, min(terms) AS terms FROM named1 GROUP BY phrase
      HAVING count(DISTINCT document_id) <= %(max_documents)s
         AND (bool_or(is_title) OR count(DISTINCT chunk_id) <= %(max_chunks)s)) AS g
     CROSS JOIN LATERAL (
      SELECT min(d.df) AS df FROM (
        SELECT x, sum((p.df::real[])[(x & 255) + 1])::int AS df
          FROM unnest(g.terms) AS x
          JOIN lex_df_page AS p ON p.kb_id = ANY(%(kb_ids)s) AND p.tenant_id = %(tenant_id)s
                               AND p.page = (x & 65535) / 256
         GROUP BY x) AS d) AS f
     CROSS JOIN stats AS s
     WHERE f.df <= greatest(%(common)s, %(common_share)s * s.n))
"""
_HOP1: Final = """
  hop1 AS MATERIALIZED (
    SELECT source, phrase, is_title, df, chunk_id, bm25 FROM (
      SELECT m.*, row_number() OVER (PARTITION BY source, phrase ORDER BY bm25 DESC, chunk_id) AS place FROM (
        SELECT n.source, n.phrase, n.is_title, (r.frequencies ->> n.phrase)::int AS df, n.chunk_id,
               coalesce(-(l.lex <#> %(question)s::sparsevec), 0) AS bm25
          FROM named1 AS n
          JOIN rare1 AS r ON r.frequencies ? n.phrase
          JOIN chunk AS c ON c.id = n.chunk_id AND c.tenant_id = %(tenant_id)s AND c.meta @> %(metadata)s
          JOIN chunk_lex AS l ON l.chunk_id = n.chunk_id) AS m) AS placed
     WHERE place <= %(targets)s)
"""
_SOURCE2: Final = """
  source2 AS MATERIALIZED (
    SELECT l.chunk_id, lex_terms(l.lex) AS terms FROM (
      SELECT chunk_id FROM hop1 WHERE chunk_id <> ALL(%(chunk_ids)s)
       GROUP BY chunk_id ORDER BY bool_or(is_title) DESC, max(bm25) DESC, chunk_id LIMIT %(sources)s) AS reached
      JOIN chunk_lex AS l ON l.chunk_id = reached.chunk_id)
"""
_LINKED: Final = """
SELECT k.source, k.phrase, k.is_title, k.hop, k.df, k.bm25, c.id AS chunk_id, c.document_id, c.title, c.content, c.page,
       nullif(c.place, '{}') AS place, (1 - (v.embedding <=> %(vector)s::halfvec))::float8 AS similarity
  FROM (SELECT *, 1 AS hop FROM hop1 UNION ALL SELECT *, 2 AS hop FROM hop2
         ORDER BY hop, is_title DESC, bm25 DESC, chunk_id, phrase LIMIT %(max_links)s) AS k
  JOIN chunk AS c ON c.id = k.chunk_id AND c.tenant_id = %(tenant_id)s
  LEFT JOIN chunk_vec AS v ON v.chunk_id = k.chunk_id
"""


def _second(leg: LiteralString) -> LiteralString:
    for name in ("source1", "named1", "rare1", "hop1"):
        leg = leg.replace(name, f"{name[:-1]}2")
    return leg


_HOP: Final[LiteralString] = f"{_NAMED1}, {_RARE1}, {_HOP1}"
LINKS: Final[LiteralString] = f"WITH {_SOURCES}, {_HOP}, {_SOURCE2}, {_second(_HOP)} {_LINKED}"
_PLAIN_FILTER: Final = " AND c.meta @> %(metadata)s"
_FILTER: Final = """
          JOIN document AS d ON d.id = c.document_id AND d.tenant_id = %(tenant_id)s AND ({condition})"""


def filtered_links(condition: LiteralString) -> LiteralString:
    """With a filter of the language, as ``conditions`` writes it over ``chunk AS c`` and ``document AS d``."""
    return LINKS.replace(_PLAIN_FILTER, _FILTER.replace("{condition}", condition))


@dataclass(slots=True)
class _LinkRow(ChunkRow):
    source: UUID | None
    phrase: str
    is_title: bool
    hop: int
    df: int
    bm25: float
    similarity: float | None


def links(tx: Transaction, request: LinkRequest) -> list[Link]:
    if not request.kb_ids or not (request.chunk_ids or request.terms):
        return []
    condition = filter_condition(request.metadata)
    statement = filtered_links(condition.text) if condition else LINKS
    values = {**link_values(request), **(condition.values if condition else {})}
    return [
        Link(
            row.source,
            row.phrase,
            row.is_title,
            row.hop,
            row.df,
            passage_of(row, bm25=row.bm25, similarity=row.similarity),
        )
        for row in tx.all(_LinkRow, statement, **values)
    ]


def link_values(request: LinkRequest) -> dict[str, Any]:
    weights = ",".join(f"{term}:{weight:.6f}" for term, weight in sorted(request.terms.items()) if weight > 0)
    return {
        **BOUNDS,
        "kb_ids": list(request.kb_ids),
        "chunk_ids": list(request.chunk_ids),
        "terms": list(request.terms),
        "question": f"{{{weights}}}/{DIMENSIONS}",
        "vector": None if request.vector is None else vector_literal(request.vector),
        "metadata": Jsonb(dict(request.metadata)),
    }
