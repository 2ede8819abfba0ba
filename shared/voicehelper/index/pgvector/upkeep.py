"""Makes the partial indexes of large bases, one at a time, and drops those of bases that are gone or have shrunk.

``keep_up`` is the entry, with a connection of the tables' owner; ``operations.large_bases`` is the caller. It may be
killed at any moment: an index counts only once ``large_index`` calls it usable, and what a run has left unfinished, the
next one drops and makes again. Searches and writes go on meanwhile (CREATE INDEX CONCURRENTLY).
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from voicehelper.index.pgvector.large import GROWTH, LARGE, MOST_ATTEMPTS, Kind
from voicehelper.index.pgvector.search_large import WALK

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Sizes:
    """An index is made from ``made_from`` rows and kept down to ``kept_from``, for at most ``most_bases``.

    Every statement on a table looks at each of its indexes, so a table must not have many.
    """

    made_from: int = LARGE
    kept_from: int = LARGE // 2
    most_bases: int = 16


USUAL: Final = Sizes()


@dataclass(frozen=True, slots=True)
class Part:
    """What one index covers, and what is known of the index: None where there is none."""

    kb_id: UUID
    tenant_id: UUID
    kind: Kind
    rows: int
    dimensions: int | None
    recorded_name: str | None
    recorded_rows: int | None
    attempts: int | None
    usable: bool | None

    @property
    def name(self) -> str:
        return f"{_PREFIX}{self.kb_id.hex}_{self.kind}" + (f"_{self.dimensions}" if self.dimensions else "")

    def is_due(self, valid: set[str]) -> bool:
        if self.recorded_name != self.name or self.recorded_rows is None:
            return True
        if self.usable is None:
            return (self.attempts or 0) < MOST_ATTEMPTS
        return self.rows >= GROWTH * self.recorded_rows or (self.usable and self.name not in valid)


_PREFIX: Final = "large_"
_LOCK: Final = 7_205_759_404  # arbitrary; one upkeep at a time
_MOST_DIMENSIONS: Final = 4_000  # of HNSW over halves

# All bases of all tenants: whoever makes indexes serves none of them.
_PARTS: Final = """
    WITH large AS (
      SELECT kb_id, tenant_id, chunks FROM lex_stats WHERE chunks >= %(kept_from)s
       ORDER BY chunks DESC, kb_id LIMIT %(most_bases)s),
    part AS (
      SELECT kb_id, tenant_id, 'words' AS kind, chunks AS rows, NULL::int AS dimensions FROM large
       UNION ALL
      SELECT v.kb_id, l.tenant_id, CASE WHEN v.han THEN 'chinese' ELSE 'others' END, count(*), vector_dims(v.embedding)
        FROM large AS l JOIN chunk_vec AS v ON v.kb_id = l.kb_id
       GROUP BY v.kb_id, l.tenant_id, v.han, vector_dims(v.embedding))
    SELECT p.*, x.name AS recorded_name, x.rows AS recorded_rows, x.attempts, x.usable
      FROM part AS p LEFT JOIN large_index AS x ON x.kb_id = p.kb_id AND x.kind = p.kind
     WHERE p.rows >= %(made_from)s OR (p.rows >= %(kept_from)s AND x.rows IS NOT NULL)
     ORDER BY p.rows DESC, p.kb_id, p.kind
"""
_EXISTING: Final = """
    SELECT c.relname, i.indisvalid FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid
     WHERE i.indrelid IN ('public.chunk_lex'::regclass, 'public.chunk_vec'::regclass)
       AND starts_with(c.relname, %(prefix)s)
"""


def keep_up(connection: Connection, *, sizes: Sizes = USUAL, milliseconds_left: int | None = None) -> list[str]:
    """Names of the indexes made or checked; none if another run is at work. ``connection`` is in autocommit.

    No statement takes longer than ``milliseconds_left``; psycopg.errors.QueryCanceled where one would.
    """
    if not _value(connection, "SELECT pg_try_advisory_lock(%(lock)s)", lock=_LOCK):
        return []
    connection.prepare_threshold = None  # a plan of its own for each base: partial indexes
    try:
        _prepare(connection, milliseconds_left)
        return [part.name for part in _keep_up(connection, sizes)]
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%(lock)s)", {"lock": _LOCK})


def _prepare(connection: Connection, milliseconds: int | None) -> None:
    """A concurrent index waits for older transactions, which is no reason to give up; a graph is made in memory."""
    connection.execute(
        "SELECT set_config('lock_timeout', '0', false), set_config('maintenance_work_mem', '256MB', false), "
        "set_config('statement_timeout', %(ms)s, false)",
        {"ms": str(milliseconds or 0)},
    )


def _keep_up(connection: Connection, sizes: Sizes) -> Iterator[Part]:
    parts = _parts(connection, sizes)
    existing = dict(connection.execute(_EXISTING, {"prefix": _PREFIX}).fetchall())
    kept = {part.name for part in parts if part.usable is not False or part.is_due(set())}
    for name, is_valid in existing.items():
        if name not in kept or not is_valid:
            _drop(connection, name)
    valid = {name for name, is_valid in existing.items() if is_valid and name in kept}
    for part in parts:
        if part.is_due(valid):
            _make(connection, part)
            yield part


def _parts(connection: Connection, sizes: Sizes) -> list[Part]:
    values = {"made_from": sizes.made_from, "kept_from": sizes.kept_from, "most_bases": sizes.most_bases}
    with connection.cursor(row_factory=class_row(Part)) as cursor:
        return cursor.execute(_PARTS, values).fetchall()


_DEFINITIONS: Final[dict[Kind, LiteralString]] = {
    "words": "ON chunk_lex USING gin (lex_terms(lex)) WHERE kb_id = {kb_id}",
    "chinese": "ON chunk_vec USING hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops)"
    " WITH (m = 16, ef_construction = 128) WHERE kb_id = {kb_id} AND han AND vector_dims(embedding) = {dimensions}",
    "others": "ON chunk_vec USING hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops)"
    " WITH (m = 16, ef_construction = 128) WHERE kb_id = {kb_id} AND NOT han AND vector_dims(embedding) = {dimensions}",
}
# None for a base that is gone by now.
_BEGIN: Final = """
    INSERT INTO large_index (kb_id, kind, tenant_id, name, rows, attempts)
    SELECT kb_id, %(kind)s, tenant_id, %(name)s, %(rows)s, 1 FROM lex_stats WHERE kb_id = %(kb_id)s
    ON CONFLICT (kb_id, kind) DO UPDATE
       SET name = excluded.name, rows = excluded.rows, usable = NULL,
           attempts = CASE WHEN large_index.usable IS NULL AND large_index.name = excluded.name
                           THEN large_index.attempts + 1 ELSE 1 END
"""
_END: Final = "UPDATE large_index SET usable = %(usable)s WHERE kb_id = %(kb_id)s AND kind = %(kind)s"


def _make(connection: Connection, part: Part) -> None:
    """Recorded as begun before, so that what cannot be finished is not tried for ever."""
    names = {"kb_id": part.kb_id, "kind": part.kind}
    if not connection.execute(_BEGIN, names | {"name": part.name, "rows": part.rows}).rowcount:
        return
    definition = sql.SQL(_DEFINITIONS[part.kind]).format(
        kb_id=sql.Literal(str(part.kb_id)), dimensions=sql.Literal(part.dimensions)
    )
    usable = (part.dimensions or 0) <= _MOST_DIMENSIONS
    if usable:
        name = sql.Identifier(part.name)
        connection.execute(sql.SQL("CREATE INDEX CONCURRENTLY IF NOT EXISTS {} {}").format(name, definition))
        usable = part.dimensions is None or agrees(connection, part)
    connection.execute(_END, names | {"usable": usable})
    if not usable:
        _drop(connection, part.name)


def _drop(connection: Connection, name: str) -> None:
    connection.execute("UPDATE large_index SET usable = NULL WHERE name = %(name)s AND usable", {"name": name})
    connection.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)))


# A graph may miss what is nearest, above all among many copies of few vectors and where neighbourhoods do not overlap.
# So it has to agree with the scan on the ten nearest of vectors of the base, and of others off its topic: the base's
# mean with another vector's deviation, its dimensions in any order. Measured on 17,323 passages of annual reports: both
# groups are at .997 to 1 where real questions on and off the topic are, and at least one falls where those do.
_QUESTIONS: Final = 100
_LEAST_AGREEMENT: Final = 0.995
_SAME: Final = 1e-6  # of two distances: copies are as near as each other

_SAMPLE: Final = """
    SELECT embedding::text FROM chunk_vec
     WHERE kb_id = %(kb_id)s AND han = %(han)s AND vector_dims(embedding) = %(dimensions)s
     ORDER BY hashtext(chunk_id::text), chunk_id LIMIT %(questions)s
"""
_MEAN: Final = """
    SELECT avg(embedding)::text FROM chunk_vec
     WHERE kb_id = %(kb_id)s AND han = %(han)s AND vector_dims(embedding) = %(dimensions)s
"""
_BY_SCAN: Final = """
    SELECT d FROM (
      SELECT embedding <=> %(vector)s::halfvec AS d FROM chunk_vec
       WHERE kb_id = %(kb_id)s AND han = %(han)s AND vector_dims(embedding) = %(dimensions)s OFFSET 0) AS scanned
     ORDER BY d LIMIT 10
"""
_BY_GRAPH: Final = """
    SELECT d FROM (
      SELECT halfvec(embedding, %(dimensions)s, true) <=> %(vector)s::halfvec AS d FROM chunk_vec
       WHERE kb_id = %(kb_id)s AND han = %(han)s AND vector_dims(embedding) = %(dimensions)s
       ORDER BY d LIMIT 50) AS nearest
     LIMIT 10
"""


def agrees(connection: Connection, part: Part) -> bool:
    """Whether a graph finds what a scan finds, on the base's topic and off it."""
    connection.execute("SELECT set_config('hnsw.ef_search', %(walk)s, false)", {"walk": str(WALK)})
    where = {"kb_id": part.kb_id, "han": part.kind == "chinese", "dimensions": part.dimensions}
    sampled = connection.execute(_SAMPLE, where | {"questions": _QUESTIONS}).fetchall()
    own = [_numbers(text) for (text,) in sampled]
    mean = _numbers(_value(connection, _MEAN, **where))
    return all(
        statistics.fmean(_shared(connection, where | {"vector": str(vector)}) for vector in vectors) >= _LEAST_AGREEMENT
        for vectors in (own, _off_topic(own, mean))
    )


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.strip("[]").split(",")]


def _off_topic(vectors: list[list[float]], mean: list[float]) -> list[list[float]]:
    dice = random.Random(7)  # noqa: S311 - the same questions each time
    deviations = [[a - b for a, b in zip(vector, mean, strict=True)] for vector in vectors]
    return [[a + b for a, b in zip(mean, dice.sample(each, len(each)), strict=True)] for each in deviations]


def _shared(connection: Connection, values: dict[str, Any]) -> float:
    """Share of the nearest by the scan that the graph finds, or others just as near."""
    nearest = [d for (d,) in connection.execute(_BY_SCAN, values)]
    found = [d for (d,) in connection.execute(_BY_GRAPH, values)]
    return float(sum(d <= nearest[-1] + _SAME for d in found) / len(nearest))


def _value(connection: Connection, statement: LiteralString, **values: Any) -> Any:
    row = connection.execute(statement, values).fetchone()
    return row[0] if row else None
