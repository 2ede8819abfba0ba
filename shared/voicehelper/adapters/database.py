"""The database connection of an execution environment: opened on first use, reopened after the server closed it.

A Lambda environment serves one request at a time, so one connection is enough and a pool is not needed. Services and
pipeline steps open a ``Transaction``, which knows its tenant, and pass it to stores.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row

from voicehelper.errors import DatabaseError, VoiceHelperError
from voicehelper.shapes.ids import NOWHERE

Connection = psycopg.Connection[tuple[Any, ...]]
RowT = TypeVar("RowT")

# One round trip; until the end of the transaction the policies of `voicehelper_app` apply with this tenant.
_ENTER_TENANT = "SELECT set_config('role', 'voicehelper_app', true), set_config('app.tenant_id', %s, true)"


class Transaction:
    """An open transaction of one tenant. Statements may use ``%(tenant_id)s``, which is added to the values.

    A row becomes an instance of the given class, whose fields are the statement's columns.
    """

    def __init__(self, connection: Connection, tenant_id: UUID = NOWHERE) -> None:
        self.connection = connection
        self.tenant_id = tenant_id

    def all(self, row: type[RowT], statement: LiteralString, **values: Any) -> list[RowT]:
        with self.connection.cursor(row_factory=class_row(row)) as cursor:
            return cursor.execute(statement, self._with_tenant(values)).fetchall()

    def one(self, row: type[RowT], statement: LiteralString, **values: Any) -> RowT | None:
        """The first row; None if there is none."""
        with self.connection.cursor(row_factory=class_row(row)) as cursor:
            return cursor.execute(statement, self._with_tenant(values)).fetchone()

    def count(self, statement: LiteralString, **values: Any) -> int:
        """The number in the only column of the only row."""
        row = self.connection.execute(statement, self._with_tenant(values)).fetchone()
        return int(row[0]) if row else 0

    def run(self, statement: LiteralString, **values: Any) -> int:
        """Run a statement without result; returns the number of affected rows."""
        return self.connection.execute(statement, self._with_tenant(values)).rowcount

    def copy_in(self, statement: LiteralString, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """COPY … FROM STDIN (FORMAT BINARY); ``types`` are those of the columns."""
        with self.connection.cursor().copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def _with_tenant(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"tenant_id": self.tenant_id, **values}


class Database:
    """``dsn`` is called at the first connection, so that an unused handle costs nothing."""

    def __init__(self, dsn: Callable[[], str]) -> None:
        self._dsn = dsn
        self._connection: Connection | None = None

    @contextlib.contextmanager
    def transaction(self, tenant_id: UUID | None = None) -> Iterator[Transaction]:
        """Commit on success, roll back on any error; a database failure becomes DatabaseError.

        Without a tenant no rows of tenants are visible; used for sign-in and health checks.
        """
        try:
            with self._begin() as connection:
                connection.execute(_ENTER_TENANT, (str(tenant_id or ""),))
                yield Transaction(connection, tenant_id or NOWHERE)
        except VoiceHelperError:
            raise
        except psycopg.Error as error:
            raise DatabaseError(type(error).__name__) from error

    @contextlib.contextmanager
    def _begin(self) -> Iterator[Connection]:
        with contextlib.ExitStack() as stack:
            connection = self._open()
            try:
                stack.enter_context(connection.transaction())
            except psycopg.OperationalError:  # connection lost while the environment was frozen; nothing has run yet
                self.close()
                connection = self._open()
                stack.enter_context(connection.transaction())
            yield connection

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            # Without prepared statements, plans stay custom (partial indexes) and sessions of a proxy are not pinned.
            self._connection = psycopg.connect(
                self._dsn(), autocommit=True, prepare_threshold=None, connect_timeout=5, keepalives_idle=30
            )
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class TenantDatabase:
    """A database handle restricted to transactions of one tenant."""

    def __init__(self, database: Database, tenant_id: UUID) -> None:
        self._database = database
        self.tenant_id = tenant_id

    def transaction(self) -> contextlib.AbstractContextManager[Transaction]:
        return self._database.transaction(self.tenant_id)


def database_dsn(secret: dict[str, Any]) -> str:
    """The connection string of a secret: {"dsn"}, or the fields of a secret that RDS manages."""
    if "dsn" in secret:
        return str(secret["dsn"])
    return make_conninfo(
        host=secret["host"],
        port=secret.get("port", 5432),
        dbname=secret.get("dbname", "voicehelper"),
        user=secret["username"],
        password=secret["password"],
        sslmode="require",
    )
