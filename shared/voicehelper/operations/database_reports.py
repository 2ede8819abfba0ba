"""What an operator asks a database: its slowest statements, and what its indexes are used for.

Entry: ``database_report``, called by ``functions/operations/migrate_database.py``, whose login owns the schema, for
``infra.operate``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, LiteralString

import psycopg
from psycopg.rows import dict_row

from voicehelper.errors import NotFoundError

SLOW_MS: Final = 1_000
ROWS: Final = 20

Connection = psycopg.Connection[Any]
Rows = list[dict[str, Any]]

# On Aurora its library is loaded; a superuser makes the extension.
MAKE_STATEMENTS: Final = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"
GET_SLOW_STATEMENTS: Final = """
    SELECT round(mean_exec_time)::int AS mean_ms, round(max_exec_time)::int AS max_ms, calls,
           round(total_exec_time / 1000)::int AS total_s, rows,
           left(regexp_replace(query, '\\s+', ' ', 'g'), 300) AS query
      FROM pg_stat_statements
     WHERE mean_exec_time > %(slow_ms)s
     ORDER BY mean_exec_time DESC LIMIT %(rows)s
"""
GET_INDEX_USAGE: Final = """
    SELECT i.relname AS table, i.indexrelname AS index, i.idx_scan AS scans,
           round(pg_relation_size(i.indexrelid) / 1e6, 1)::float8 AS mb, t.seq_scan AS table_scans,
           t.n_live_tup AS rows
      FROM pg_stat_user_indexes AS i JOIN pg_stat_user_tables AS t USING (relid)
     ORDER BY i.idx_scan, pg_relation_size(i.indexrelid) DESC, i.relname, i.indexrelname
"""


class UnknownReportError(NotFoundError):
    """There is no report of this name."""


def database_report(dsn: str, name: str) -> dict[str, Any]:
    """{"rows": [...]}, or {"missing": why} where the server keeps no such figures."""
    if name not in _REPORTS:
        raise UnknownReportError(name)
    with psycopg.connect(dsn, connect_timeout=60, autocommit=True) as connection:
        try:
            return {"rows": _REPORTS[name](connection)}
        except psycopg.Error as error:
            return {"missing": str(error).splitlines()[0]}


def slow_statements(connection: Connection) -> Rows:
    connection.execute(MAKE_STATEMENTS)
    return _rows(connection, GET_SLOW_STATEMENTS, {"slow_ms": SLOW_MS, "rows": ROWS})


def index_usage(connection: Connection) -> Rows:
    """Those that were never used first; counted since the server's statistics were reset."""
    return _rows(connection, GET_INDEX_USAGE, {})


def _rows(connection: Connection, statement: LiteralString, values: dict[str, Any]) -> Rows:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()


_REPORTS: Final[dict[str, Callable[[Connection], Rows]]] = {
    "slow-statements": slow_statements,
    "index-usage": index_usage,
}
