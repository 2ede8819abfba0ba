"""One query over tables in memory: it reads, and reaches nothing else; ``Sandbox`` is the entry.

SQLite of the standard library: an authorizer refuses everything but reading, and time, memory and the size of values
are bounded. Numbers are REAL, so that 10 / 4 is 2.5.
"""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from voicehelper.agents.tools.protocol import ToolError
from voicehelper.agents.tools.tables.cells import Column, Value

WITHIN_S: Final = 2.0
MAX_ROWS: Final = 200
_MAX_VALUE_BYTES: Final = 1_000_000
_MAX_HEAP_BYTES: Final = 400_000_000
_STEPS_BETWEEN_LOOKS: Final = 10_000
_MAX_PROBLEM_CHARS: Final = 200
_ALLOWED: Final = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
# They load code, read files, make large values of nothing, or tell of the machine.
_DENIED: Final = frozenset(
    {"load_extension", "zeroblob", "randomblob", "random", "printf", "format", "fts3_tokenizer", "readfile",
     "writefile",
     "edit", "sqlite_compileoption_get", "sqlite_compileoption_used", "sqlite_source_id", "sqlite_log",
     "icu_load_collation"}
)  # fmt: skip
_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_LENGTH: _MAX_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


@dataclass(frozen=True, slots=True)
class Selected:
    """``is_cut`` where there are more than ``MAX_ROWS``."""

    names: list[str]
    rows: list[list[Value]]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class NamedTable:
    """``name`` is what SQL calls it; ``title`` is a second name."""

    name: str
    title: str
    columns: Sequence[Column]


class Sandbox:
    """A database in memory that holds the tables, and is read-only from then on."""

    def __init__(self, tables: Sequence[NamedTable], *, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute(f"PRAGMA hard_heap_limit = {_MAX_HEAP_BYTES}")
        for table in tables:
            _load(self._connection, table)
        _name_by_titles(self._connection, tables)
        _add_aggregates(self._connection)
        for limit, value in _LIMITS.items():
            self._connection.setlimit(limit, value)
        self._connection.set_authorizer(_authorize)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def select(self, sql: str) -> Selected:
        """ToolError TABLE_SQL_REFUSED, TABLE_SQL_TOO_SLOW, TABLE_SQL_TOO_LARGE, or TABLE_SQL_INVALID and why."""
        end = time.monotonic() + self._within_s
        self._connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_LOOKS)
        with _as_tool_errors():
            cursor = self._connection.execute(sql)
            rows = cursor.fetchmany(MAX_ROWS + 1)
            names = [str(name) for name, *_ in cursor.description or ()]
        if not names:
            raise ToolError("TABLE_SQL_REFUSED")
        return Selected(names, [[_plain(value) for value in row] for row in rows[:MAX_ROWS]], len(rows) > MAX_ROWS)


def _authorize(action: int, _: str | None, function: str | None, *__: str | None) -> int:
    is_denied = action == sqlite3.SQLITE_FUNCTION and (function or "").lower() in _DENIED
    return sqlite3.SQLITE_OK if action in _ALLOWED and not is_denied else sqlite3.SQLITE_DENY


@contextlib.contextmanager
def _as_tool_errors() -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise ToolError("TABLE_SQL_TOO_LARGE") from error
    except (sqlite3.Error, sqlite3.Warning, UnicodeError, OverflowError, ValueError) as error:
        raise _tool_error(str(error)) from error


def _tool_error(problem: str) -> ToolError:
    if "interrupted" in problem:
        return ToolError("TABLE_SQL_TOO_SLOW")
    if "not authorized" in problem or "prohibited" in problem:
        return ToolError("TABLE_SQL_REFUSED", problem)
    if "too big" in problem or "too large" in problem or "out of memory" in problem:
        return ToolError("TABLE_SQL_TOO_LARGE", problem)
    return ToolError("TABLE_SQL_INVALID", problem=problem[:_MAX_PROBLEM_CHARS])


def _load(connection: sqlite3.Connection, table: NamedTable) -> None:
    fields = ", ".join(f"{_quoted(column.name)} {column.kind}" for column in table.columns)
    connection.execute(f"CREATE TABLE {_quoted(table.name)} ({fields})")
    places = ", ".join("?" * len(table.columns))
    rows = zip(*(column.values for column in table.columns), strict=True)
    connection.executemany(f"INSERT INTO {_quoted(table.name)} VALUES ({places})", rows)  # noqa: S608  (quoted above)


def _name_by_titles(connection: sqlite3.Connection, tables: Sequence[NamedTable]) -> None:
    """A sheet can be called by its own name, too, where only one table has it."""
    titles = [table.title.casefold() for table in tables]
    names = {table.name.casefold() for table in tables}
    for table, title in zip(tables, titles, strict=True):
        if titles.count(title) == 1 and title not in names and title and not title.startswith("sqlite_"):
            statement = f"CREATE VIEW {_quoted(table.title)} AS SELECT * FROM {_quoted(table.name)}"  # noqa: S608
            connection.execute(statement)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("\0", "") + '"'


def _plain(value: Any) -> Value:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if value is None or isinstance(value, str) else float(value)


class _Numbers:
    """An aggregate over the numbers of a column."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.share = 0.5

    def step(self, value: Any, /, *share: Any) -> None:
        if isinstance(value, int | float):
            self.values.append(float(value))
        if share and isinstance(share[0], int | float):
            self.share = share[0] / 100 if share[0] > 1 else share[0]


class _Median(_Numbers):
    def finalize(self) -> Any:
        return statistics.median(self.values) if self.values else None


class _Percentile(_Numbers):
    """``percentile(x, 90)`` or ``percentile(x, 0.9)``, between neighbours by their distance."""

    def finalize(self) -> Any:
        if not self.values or not 0 <= self.share <= 1:
            return None
        ordered, place = sorted(self.values), self.share * (len(self.values) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])


class _Deviation(_Numbers):
    """Of a sample."""

    def finalize(self) -> Any:
        return statistics.stdev(self.values) if len(self.values) > 1 else None


def _add_aggregates(connection: sqlite3.Connection) -> None:
    connection.create_aggregate("median", 1, _Median)
    connection.create_aggregate("percentile", 2, _Percentile)
    connection.create_aggregate("stddev", 1, _Deviation)
    connection.create_aggregate("stdev", 1, _Deviation)
