"""Databases of tests: each test has one for itself that is as new, though it may be one that is emptied and used again.

Making one costs .1 s, and removing it the same at the end of the run: it is 400 files. Emptying it costs a tenth.
"""

from __future__ import annotations

import time
from typing import Final

import psycopg
from psycopg import sql

from tests.support.postgres import make_database

# Anything but rows: objects and their rights, statistics, settings, and the rows of what the migrations wrote.
_SHAPE: Final = """
    SELECT md5(concat(
        (SELECT string_agg(concat_ws('|', c.oid, relname, relfilenode, reltuples, relacl, relrowsecurity,
                                     relforcerowsecurity, relowner, reloptions), ',' ORDER BY c.oid)
           FROM pg_class AS c WHERE relnamespace = ANY (%(schemas)s::regnamespace[])),
        (SELECT string_agg(concat_ws('|', oid, prosrc, proacl, proconfig), ',' ORDER BY oid)
           FROM pg_proc WHERE pronamespace = ANY (%(schemas)s::regnamespace[])),
        (SELECT string_agg(concat_ws('|', attrelid, attnum, atttypid, attnotnull, attacl), ','
                           ORDER BY attrelid, attnum) FROM pg_attribute WHERE attrelid IN
                (SELECT oid FROM pg_class WHERE relnamespace = ANY (%(schemas)s::regnamespace[]))),
        (SELECT string_agg(concat_ws('|', oid, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
        (SELECT string_agg(concat_ws('|', oid, convalidated), ',' ORDER BY oid) FROM pg_constraint),
        (SELECT string_agg(concat_ws('|', oid, polqual, polwithcheck, polroles), ',' ORDER BY oid) FROM pg_policy),
        (SELECT string_agg(concat_ws('|', oid, nspname, nspacl), ',' ORDER BY oid) FROM pg_namespace
          WHERE nspname NOT LIKE 'pg\\_%%'),
        (SELECT string_agg(concat_ws('|', setdatabase, setrole, setconfig), ',' ORDER BY setdatabase, setrole)
           FROM pg_db_role_setting),
        (SELECT string_agg(version::text, ',' ORDER BY version) FROM schema_migration)
    ))
"""
_SCHEMAS: Final = ["public", "app"]
_TABLES: Final = """
    SELECT oid::regclass::text FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migration'
       AND pg_relation_size(oid) > 0
"""
_SEQUENCES: Final = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
      FROM pg_sequences WHERE last_value IS NOT NULL
"""
_END_SESSIONS: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# A planner without statistics judges by the size of a table's file, which emptying does not make smaller.
_LARGE_BYTES: Final = 512 * 1024
_SIZE: Final = (
    "SELECT coalesce(max(pg_relation_size(oid)), 0) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
)


class Databases:
    """Those of one server. One is lent at a time to each test that asks."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._free: list[str] = []
        self._shape = ""

    def lend(self) -> str:
        """Connection string of a database that is as the migrations left it."""
        if self._free:
            return self._free.pop()
        url = make_database(self._server)
        if not self._shape:
            with psycopg.connect(url) as connection:
                self._shape = _shape(connection)
        return url

    def take_back(self, url: str) -> None:
        """Sessions that the test has left open end. What is more than rows makes it worth no second use."""
        with psycopg.connect(url, autocommit=True) as connection:
            while connection.execute(_END_SESSIONS).fetchall():
                time.sleep(0.002)
            if _shape(connection) == self._shape and _size(connection) < _LARGE_BYTES:
                _empty(connection)
                self._free.append(url)


def _shape(connection: psycopg.Connection) -> str:
    return str(connection.execute(_SHAPE, {"schemas": _SCHEMAS}).fetchall()[0][0])


def _size(connection: psycopg.Connection) -> int:
    return int(connection.execute(_SIZE).fetchall()[0][0])


def _empty(connection: psycopg.Connection) -> None:
    """Without triggers, of which some forbid it, and without an order of foreign keys."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for (table,) in connection.execute(_TABLES).fetchall():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(table)))
        connection.execute(_SEQUENCES)
