"""Hybrid search against its legs bare, in CPU seconds of the database, and the statements a question costs.

A bare leg is the scan that an exact search inside the base cannot do without: the fifty nearest chunks by cosine, and
the fifty highest inner products with a question's vector that is ready. Numbering, fusion's other scores, the texts,
the counters behind the question's vector: all of that is the hybrid statement's own.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import psutil
import psycopg
from voicehelper.adapters.database import Database, TenantDatabase, Transaction
from voicehelper.answering.events import final_answer
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.index.bases import read_bases
from voicehelper.index.bm25 import query_counts
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.pgvector.upkeep import keep_up
from voicehelper.index.protocol import SearchRequest
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.retrieval.question import Question
from voicehelper.text.tokenization import DIMENSIONS

from tests.benchmarks.costs.figure import Figure
from tests.benchmarks.costs.generated import fill, question, vectors_of
from tests.support.bases import Base, create_base
from tests.support.postgres import make_database, make_template, running_server

# The limit is for the largest: in a small base, what every statement costs is more than the scans.
LIMITS = {1_000: None, 10_000: None, 50_000: 1.4}
SMALL = 1_000
LARGE = 100_000
GROWTH_LIMIT = 20.0
ROUNDS, PER_ROUND = 5, 8
# BEGIN, the tenant, the bases' facts, the search, COMMIT.
ROUND_TRIPS = 5


def figures() -> Iterator[Figure]:
    with running_server() as server:
        make_template(server)
        for size, limit in LIMITS.items():
            dsn = make_database(server)
            with psycopg.connect(dsn) as connection:
                base = create_base(connection, model=OfflineEmbedder.model)
                fill(connection, base, size)
                ratio = _hybrid_to_legs(connection, base)
            yield Figure(f"hybrid search / both bare legs, CPU, {size} chunks", ratio, most=limit)
        yield Figure(
            "statements per question", _round_trips(dsn, base.tenant_id, base.kb_id), "trips", most=ROUND_TRIPS
        )


def growth() -> Iterator[Figure]:
    """Optional, because filling the larger base takes minutes."""
    with running_server() as server:
        make_template(server)
        least = []
        for size in (SMALL, LARGE):
            dsn = make_database(server)
            with psycopg.connect(dsn) as connection:
                base = create_base(connection, model=OfflineEmbedder.model)
                fill(connection, base, size)
                connection.execute("SET max_parallel_workers_per_gather = 0")
                backend, run = psutil.Process(connection.info.backend_pid), _hybrid(connection, base, _requests(base))
                least.append(min(_cpu(backend, run) for _ in range(ROUNDS)))
        yield Figure(f"hybrid search, CPU, {LARGE} / {SMALL} chunks, without indexes", least[1] / least[0], "x")
        with psycopg.connect(dsn, autocommit=True) as connection:
            started = time.perf_counter()
            indexes = _indexes(connection, base)
            yield Figure(f"... {len(indexes)} indexes made and checked within", time.perf_counter() - started, "s")
            connection.execute("SET max_parallel_workers_per_gather = 0")
            connection.execute("RESET statement_timeout")
            run = _hybrid(connection, base, [replace(search, indexes=indexes) for search in _requests(base)])
            backend = psutil.Process(connection.info.backend_pid)
            least.append(min(_cpu(backend, run) for _ in range(ROUNDS)))
        yield Figure(f"hybrid search, CPU, {LARGE} / {SMALL} chunks", least[2] / least[0], "x", most=GROWTH_LIMIT)


def _indexes(connection: psycopg.Connection[Any], base: Base) -> Sequence[str]:
    """What the end of a large base's document starts, and the kinds that a search may use afterwards."""
    keep_up(connection)
    with connection.transaction():
        return read_bases(Transaction(connection, base.tenant_id), [base.kb_id])[0].indexes


def _requests(base: Base) -> list[SearchRequest]:
    vectors = vectors_of(PER_ROUND, first=1)
    return [
        SearchRequest([base.kb_id], query_counts(question(n)), [float(x) for x in vectors[n]], cross_lingual_limit=2)
        for n in range(PER_ROUND)
    ]


def _hybrid_to_legs(connection: psycopg.Connection[Any], base: Base) -> float:
    searches = _requests(base)
    hybrid, legs = _hybrid(connection, base, searches), _bare_legs(connection, base, searches)
    connection.execute("SET max_parallel_workers_per_gather = 0")  # workers' seconds are not the backend's
    backend = psutil.Process(connection.info.backend_pid)
    rounds = [(_cpu(backend, hybrid), _cpu(backend, legs)) for _ in range(ROUNDS + 1)]
    return statistics.median(both / bare for both, bare in rounds[1:])  # the first round warms


def _hybrid(connection: psycopg.Connection[Any], base: Base, searches: list[SearchRequest]) -> Callable[[], None]:
    def run() -> None:
        for search in searches:
            base.index(connection).search(search)

    return run


_NEAREST = """
    SELECT chunk_id FROM chunk_vec WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s
     ORDER BY embedding <=> %(vector)s::halfvec LIMIT 50
"""
_BEST_MATCHES = """
    SELECT chunk_id FROM chunk_lex WHERE tenant_id = %(tenant_id)s AND kb_id = %(kb_id)s
     ORDER BY lex <#> %(question)s::sparsevec LIMIT 50
"""


def _bare_legs(connection: psycopg.Connection[Any], base: Base, searches: list[SearchRequest]) -> Callable[[], None]:
    owner = {"tenant_id": base.tenant_id, "kb_id": base.kb_id}
    values = [
        owner | {"vector": str(search.vector), "question": _weighted(base.index(connection).search(search).idf, search)}
        for search in searches
    ]

    def run() -> None:
        for each in values:
            connection.execute(_NEAREST, each).fetchall()
            connection.execute(_BEST_MATCHES, each).fetchall()

    return run


def _weighted(idf: Mapping[int, float], search: SearchRequest) -> str:
    """The question as a literal of ``sparsevec``, which the product's statement makes from its counters."""
    entries = ",".join(f"{term}:{times * idf[term]:.6g}" for term, times in sorted(search.terms.items()))
    return f"{{{entries}}}/{DIMENSIONS}"


def _cpu(process: psutil.Process, work: Callable[[], None]) -> float:
    """CPU seconds; the work is repeated until the clock's hundredths are fine enough."""
    before = sum(process.cpu_times()[:2])
    times = 0
    while (spent := sum(process.cpu_times()[:2]) - before) < 0.3:
        work()
        times += 1
    return spent / times


def _round_trips(dsn: str, tenant_id: UUID, kb_id: UUID) -> float:
    """Messages that wait for an answer, as the client library's own trace of the wire counts them."""
    database = Database(lambda: dsn)
    by = Answerer(OfflineEmbedder.model, OfflineEmbedder, PgvectorBackend(), OfflineAnswer(OfflineEmbedder))

    def ask(text: str) -> None:
        final_answer(answer_question(TenantDatabase(database, tenant_id), Question(text, [kb_id], "en"), by))

    ask(question(1))
    with tempfile.TemporaryFile("w+") as trace:
        with database.transaction() as tx:
            connection = tx.connection
        connection.pgconn.trace(trace.fileno())
        ask(question(2))
        connection.pgconn.untrace()
        trace.seek(0)
        sent = [line.split("\t") for line in trace if "\tF\t" in line]
    database.close()
    return sum(parts[3].strip() in ("Query", "Sync") for parts in sent)
