"""The handle of the database against a real PostgreSQL, behind a proxy that sleeps as Aurora does.

The times are a fifth of real ones: the database wakes in three seconds instead of fifteen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from fastapi import APIRouter
from psycopg.conninfo import make_conninfo
from voicehelper.adapters.database import Database, DatabaseStartingError
from voicehelper.adapters.deadline import ending_in
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.errors import DatabaseError, UpstreamUnavailableError
from voicehelper.operations.readiness import LIMIT_S, check_all, dependency_checks

from infra.local.sleeping import SleepingDatabase
from tests.support.application import ROOT

WAKES_IN_S = 3.0


@pytest.fixture
def sleeping(database_url: str) -> Iterator[SleepingDatabase]:
    with SleepingDatabase(database_url, wakes_in_s=WAKES_IN_S) as asleep:
        yield asleep


def ask(database: Database, *, time_left_s: float, language: str = "en") -> dict[str, Any]:
    """An endpoint's answer that needs the database, as API Gateway gets it."""
    router = APIRouter(prefix=API_PREFIX)

    @router.get("/asks")
    def asks() -> int:
        with database.transaction() as tx:
            return tx.count("SELECT 7")

    event = json.loads((ROOT / "events/operations/check_health.json").read_text("utf-8"))
    event["requestContext"]["http"] |= {"method": "GET", "path": "/api/v1/asks"}
    event |= {"rawPath": "/api/v1/asks", "headers": event["headers"] | {"accept-language": language}}
    context = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: int(1000 * time_left_s))
    return dict(lambda_handler(router)(event, context))


def test_the_first_call_of_the_day_waits_until_the_database_is_awake(sleeping: SleepingDatabase) -> None:
    started = time.monotonic()
    answer = ask(Database(lambda: sleeping.dsn), time_left_s=29)

    assert (answer["statusCode"], answer["body"]) == (200, "7")
    assert WAKES_IN_S <= time.monotonic() - started < WAKES_IN_S + 3


@pytest.mark.parametrize(("language", "sentence"), [("en", "The database is waking up"), ("zh", "数据库正在唤醒")])
def test_a_call_that_cannot_wait_as_long_says_when_to_come_back(
    sleeping: SleepingDatabase, language: str, sentence: str
) -> None:
    started = time.monotonic()
    answer = ask(Database(lambda: sleeping.dsn), time_left_s=6.5, language=language)

    assert answer["statusCode"] == 503
    assert json.loads(answer["body"])["code"] == "DATABASE_STARTING"
    assert json.loads(answer["body"])["message"].startswith(sentence)
    assert answer["headers"]["retry-after"] == "10"
    assert time.monotonic() - started < 6.5


def test_the_next_call_meets_a_database_that_an_earlier_one_woke(sleeping: SleepingDatabase) -> None:
    database = Database(lambda: sleeping.dsn)
    statuses = [ask(database, time_left_s=seconds)["statusCode"] for seconds in (6.5, 29)]

    assert statuses == [503, 200]
    assert sleeping.wakings == 1


def test_a_database_that_fell_asleep_is_woken_by_the_same_environment(sleeping: SleepingDatabase) -> None:
    database = Database(lambda: sleeping.dsn)
    ask(database, time_left_s=29)
    sleeping.fall_asleep()

    answer = ask(database, time_left_s=29)

    assert answer["statusCode"] == 200
    assert sleeping.wakings == 2


def test_readiness_waits_for_no_sleeping_database(sleeping: SleepingDatabase) -> None:
    checks = dependency_checks(Database(lambda: sleeping.dsn), content=lambda: pytest.fail("storage is not asked"))
    started = time.monotonic()
    readiness = check_all({"database": checks["database"]})

    assert readiness.dependencies["database"].status == "failed"
    assert time.monotonic() - started < LIMIT_S + 1


def test_a_server_that_refuses_for_good_is_asked_once(database_url: str) -> None:
    database = Database(lambda: make_conninfo(database_url, password="wrong"))
    started = time.monotonic()
    with pytest.raises(UpstreamUnavailableError) as refused, database.transaction():
        pass

    assert refused.value.code == "UPSTREAM_UNAVAILABLE"
    assert time.monotonic() - started < 2


def test_an_address_without_a_server_is_tried_until_the_time_is_over() -> None:
    database = Database(lambda: "postgresql://a:b@127.0.0.1:1/c")
    started = time.monotonic()
    with ending_in(3), pytest.raises(DatabaseStartingError), database.transaction():
        pass

    assert 1 <= time.monotonic() - started < 3


def test_a_session_that_the_server_closed_is_followed_by_another(
    database: Database, admin: psycopg.Connection[Any]
) -> None:
    def session() -> int:
        with database.transaction() as tx:
            return tx.count("SELECT pg_backend_pid()")

    first = session()
    admin.execute("SELECT pg_terminate_backend(%s, 5000)", (first,))

    assert session() not in (0, first)


def test_a_session_that_was_idle_too_long_is_followed_by_another(
    database_url: str, admin: psycopg.Connection[Any]
) -> None:
    database = Database(lambda: make_conninfo(database_url, options="-c idle_session_timeout=100"))
    with database.transaction() as tx:
        first = tx.count("SELECT pg_backend_pid()")
    deadline = time.monotonic() + 10
    while admin.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (first,)).fetchone():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # the server tells nobody

    with database.transaction() as tx:
        assert tx.count("SELECT pg_backend_pid()") != first


def test_idle_sessions_end_and_locks_are_not_waited_for_without_end(database: Database) -> None:
    with database.transaction() as tx:
        rows = tx.connection.execute(
            "SELECT current_setting('idle_session_timeout'), current_setting('lock_timeout')"
        ).fetchone()

    assert rows == ("1min", "5s")


def test_options_that_a_connection_string_names_stay_as_they_are(database_url: str) -> None:
    database = Database(lambda: make_conninfo(database_url, options="-c lock_timeout=7000"))
    with database.transaction() as tx:
        rows = tx.connection.execute("SHOW lock_timeout").fetchone()
    database.close()

    assert rows == ("7s",)


def test_a_statement_ends_with_its_invocation(database: Database) -> None:
    with database.transaction() as tx:  # connected before: no part of the time is for connecting
        tx.count("SELECT 1")
    started = time.monotonic()
    with ending_in(0.5), pytest.raises(DatabaseError), database.transaction() as tx:
        tx.run("SELECT pg_sleep(20)")

    assert time.monotonic() - started < 5
    with database.transaction() as tx:
        assert tx.count("SELECT 1") == 1
