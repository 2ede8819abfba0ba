"""Hybrid search against its legs, in CPU seconds of the database, and the statements a question costs."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import psutil
import psycopg
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.events import final_answer
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.index.bm25 import query_counts
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.protocol import SearchRequest
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.retrieval.question import Question

from tests.benchmarks.costs.figure import Figure
from tests.benchmarks.costs.generated import fill, question, vectors_of
from tests.support.bases import Base, create_base
from tests.support.postgres import make_database, make_template, running_server

SIZES = (1_000, 10_000)
ROUNDS, PER_ROUND = 5, 8
HYBRID_LIMIT = 1.4
# BEGIN, the tenant, the bases' facts, the search, COMMIT.
ROUND_TRIPS = 5


def figures() -> Iterator[Figure]:
    with running_server() as server:
        make_template(server)
        for size in SIZES:
            dsn = make_database(server)
            with psycopg.connect(dsn) as connection:
                base = create_base(connection, model=OfflineEmbedder.model)
                fill(connection, base, size)
                ratio = _hybrid_to_legs(connection, base)
            yield Figure(f"hybrid search / both legs alone, CPU, {size} chunks", ratio, most=HYBRID_LIMIT)
        yield Figure(
            "statements per question", _round_trips(dsn, base.tenant_id, base.kb_id), "trips", most=ROUND_TRIPS
        )


def _hybrid_to_legs(connection: psycopg.Connection[Any], base: Base) -> float:
    vectors = vectors_of(PER_ROUND)
    hybrid = [
        SearchRequest([base.kb_id], query_counts(question(n)), [float(x) for x in vectors[n]], cross_lingual_limit=2)
        for n in range(PER_ROUND)
    ]
    lexical = [replace(search, vector=None) for search in hybrid]
    dense = [replace(search, terms={}) for search in hybrid]

    def run(searches: list[SearchRequest]) -> Callable[[], None]:
        def once() -> None:
            for search in searches:
                base.index(connection).search(search)

        return once

    backend = psutil.Process(connection.info.backend_pid)
    ratios = []
    for _ in range(ROUNDS + 1):
        both, alone = _cpu(backend, run(hybrid)), _cpu(backend, run(lexical)) + _cpu(backend, run(dense))
        ratios.append(both / alone)
    return statistics.median(ratios[1:])  # the first round warms


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
