"""A page of a week's audit and usage, of a workspace with a million rows beside one with ten thousand.

All rows lie in one week, which no workspace comes near: the page reads by an index what it shows, and sums that are
kept. Milliseconds are the least of several calls of the store's function, its statements and their rows included.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
from voicehelper.adapters.database import Database
from voicehelper.identity.audit import Filter, list_entries
from voicehelper.identity.usage import Bucket, read_usage
from voicehelper.shapes.pages import PageRequest

from tests.benchmarks.costs.figure import Figure
from tests.support.postgres import make_database, make_template, running_server
from tests.support.records import PEOPLE, fill_audit, fill_usage

SMALL, LARGE = 10_000, 1_000_000
MOST_MS: Final = 50.0
MOST_GROWTH: Final = 5.0  # for a hundred times the rows
ROUNDS: Final = 7
BY: Final[tuple[Bucket, ...]] = ("day", "user", "key", "base", "model")
Pages = dict[str, Callable[[], object]]


def figures() -> Iterator[Figure]:
    with running_server() as server:
        make_template(server)
        small, large = (_least(_filled(server, rows)) for rows in (SMALL, LARGE))
    for name, seconds in large.items():
        yield Figure(f"{name}, a week of {LARGE} rows", 1000 * seconds, "ms", most=MOST_MS)
        yield Figure(f"... / of {SMALL} rows", seconds / small[name], most=MOST_GROWTH)


def _filled(server: str, rows: int) -> Pages:
    """The pages by their names, of a database of their own."""
    dsn = make_database(server)
    with psycopg.connect(dsn, autocommit=True) as connection:
        tenant_id = _tenant(connection)
        fill_audit(connection, tenant_id, rows)
        fill_usage(connection, tenant_id, rows)
        connection.execute("VACUUM ANALYZE")
    return _pages(Database(lambda: dsn), tenant_id)


def _tenant(connection: psycopg.Connection[Any]) -> UUID:
    row = connection.execute("INSERT INTO tenant (id, name) VALUES (gen_random_uuid(), 'x') RETURNING id").fetchone()
    assert row
    return UUID(str(row[0]))


def _pages(database: Database, tenant_id: UUID) -> Pages:
    now, page = datetime.now(UTC), PageRequest(page=1, page_size=100)
    week = now - timedelta(days=7)

    def audit(**wanted: Any) -> None:
        with database.transaction(tenant_id) as tx:
            assert list_entries(tx, Filter(start=week, end=now, **wanted), page).total

    def usage(by: Bucket) -> None:
        with database.transaction(tenant_id) as tx:
            assert read_usage(tx, by, week.date(), now.date()).total.questions

    pages: Pages = {
        "audit": audit,
        "audit of one action": lambda: audit(action="key.created"),
        "audit of one person": lambda: audit(actor="person1@example.com"),
    }
    return pages | {f"usage by {by} ({PEOPLE} people)": functools.partial(usage, by) for by in BY}


def _least(pages: Pages) -> dict[str, float]:
    """Seconds by name."""
    return {name: min(_seconds(page) for _ in range(ROUNDS)) for name, page in pages.items()}


def _seconds(page: Callable[[], object]) -> float:
    started = time.perf_counter()
    page()
    return time.perf_counter() - started
