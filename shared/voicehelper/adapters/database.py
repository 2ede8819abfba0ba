"""The database connection of an execution environment: opened on first use, reopened after the server closed it.

A Lambda environment serves one request at a time, so one connection is enough and a pool is not needed. Services and
pipeline steps open a ``Transaction``, which knows its tenant, and pass it to stores. A database that sleeps when idle
holds its first connection for some fifteen seconds, which is waited for as long as the invocation can.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, LiteralString, TypeVar
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import class_row

from voicehelper.adapters.deadline import seconds_left
from voicehelper.errors import DatabaseError, StartingError, UpstreamUnavailableError, VoiceHelperError
from voicehelper.shapes.ids import NOWHERE
from voicehelper.shapes.viewer import Viewer

Connection = psycopg.Connection[tuple[Any, ...]]
RowT = TypeVar("RowT")

# One round trip; until the end of the transaction the policies of `voicehelper_app` apply with this tenant and with the
# bases that the viewer sees, which are looked up among all: a transaction inside another one begins with those of the
# other. A statement that outlived its invocation would go on for nobody.
_ENTER_TENANT: Final = """
    SELECT set_config('role', 'voicehelper_app', true), set_config('app.tenant_id', %(tenant)s, true),
           set_config('statement_timeout', coalesce(%(timeout)s, current_setting('statement_timeout')), true),
           set_config('app.bases', '', true), app.has_budgets(%(id)s::uuid),
           set_config('app.bases', app.seen_bases(%(id)s::uuid, %(member)s::uuid, %(key)s::uuid), true)
"""

# A frozen environment keeps its connection, and a database with connections does not sleep: the server closes those
# that were idle for a minute, and the next call opens another. Who waits for a lock longer than this, waits for a
# transaction that hangs. In the session's options, which cost no round trip.
_SESSION: Final = "-c idle_session_timeout=60000 -c lock_timeout=5000"

# Raised by triggers of deliveries (sql/migrations/0030_webhooks.sql).
_DELIVERIES_DUE: Final = "voicehelper: webhook deliveries are due"
# Longer than a transaction that writes them can run.
_CRASH_RECOVERY_DELAY_S: Final = 60

_MOST_PATIENCE_S: Final = 60.0  # of a pipeline step; a state machine retries it afterwards
_USUAL_PATIENCE_S: Final = 24.0  # outside an invocation
_SHORTEST_TRY_S: Final = 2.0  # the least that libpq takes
_PAUSE_S: Final = 0.5
_REMEMBERED_S: Final = 60.0
_RETRY_AFTER_S: Final = 10
# What a server says, with its reasons, that will let others in later.
_PASSING: Final = re.compile(
    "starting up|shutting down|not (yet|currently) accepting|recovery mode|too many|connection slots"
)


class DatabaseStartingError(StartingError):
    """No connection within the time that the invocation has; a database that sleeps when idle is waking."""

    code = "DATABASE_STARTING"


class Transaction:
    """An open transaction of one tenant. Statements may use ``%(tenant_id)s``, which is added to the values.

    A row becomes an instance of the given class, whose fields are the statement's columns. ``viewer`` is None for the
    pipeline, which sees every base; ``is_limited`` says that the viewer does not. ``has_budgets`` says that some budget
    is set in the tenant.
    """

    def __init__(
        self,
        connection: Connection,
        tenant_id: UUID = NOWHERE,
        *,
        viewer: Viewer | None = None,
        is_limited: bool = False,
        has_budgets: bool = False,
    ) -> None:
        self.connection = connection
        self.tenant_id = tenant_id
        self.viewer = viewer
        self.is_limited = is_limited
        self.has_budgets = has_budgets

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


Wake = Callable[[UUID, int], None]  # (tenant, seconds from now)


class Database:
    """``dsn`` is called at the first connection, so that an unused handle costs nothing.

    ``wake`` is called where a transaction wrote deliveries of webhooks, of which the database gives notice: before the
    commit, for later, in case this process dies with it, and after it, for now.
    """

    def __init__(self, dsn: Callable[[], str], wake: Wake | None = None) -> None:
        self._dsn = dsn
        self._connection: Connection | None = None
        self._wake = wake
        self._is_told = False
        self._unbudgeted: tuple[UUID | None, float] = (None, 0.0)  # the tenant that began last, and when

    @contextlib.contextmanager
    def transaction(self, tenant_id: UUID | None = None, viewer: Viewer | None = None) -> Iterator[Transaction]:
        """Commit on success, roll back on any error; a database failure becomes DatabaseError.

        Without a tenant no rows of tenants are visible; used for sign-in and health checks. Without a viewer every base
        of the tenant is; used by the pipeline.
        """
        try:
            with self._begin() as connection:
                has_budgets, bases = _enter(connection, tenant_id, viewer)
                self._unbudgeted = (None if has_budgets else tenant_id, time.monotonic())
                self._is_told = False
                yield Transaction(
                    connection,
                    tenant_id or NOWHERE,
                    viewer=viewer,
                    is_limited=bool(bases),
                    has_budgets=has_budgets,
                )
                self._wake_receivers(tenant_id, _CRASH_RECOVERY_DELAY_S)
            with contextlib.suppress(UpstreamUnavailableError):  # the message sent before the commit will come
                self._wake_receivers(tenant_id, 0)
        except VoiceHelperError:
            raise
        except psycopg.Error as error:
            raise DatabaseError(type(error).__name__) from error

    def lacks_budgets(self, tenant_id: UUID) -> bool:
        """Whether the last transaction was the tenant's, a minute ago at most, and no budget was set in it.

        Whoever calls a model has read from the database before, so that nobody has to ask again.
        """
        found, at = self._unbudgeted
        return found == tenant_id and time.monotonic() - at < _REMEMBERED_S

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

    @contextlib.contextmanager
    def listening(self, channel: str) -> Iterator[Callable[[float], None]]:
        """The given function waits for the channel's next notification, for so many seconds at most.

        It returns early where the connection is lost: whoever waits looks at the rows anyway.
        https://www.postgresql.org/docs/16/sql-listen.html
        """
        connection, name = self._open(), sql.Identifier(channel)
        connection.execute(sql.SQL("LISTEN {}").format(name))
        try:
            yield lambda seconds: _await_notification(connection, seconds)
        finally:
            if not connection.closed:
                connection.execute(sql.SQL("UNLISTEN {}").format(name))

    def _wake_receivers(self, tenant_id: UUID | None, delay_s: int) -> None:
        if self._wake and tenant_id and self._is_told:
            self._wake(tenant_id, delay_s)

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = _connect(self._dsn())
            self._connection.add_notice_handler(self._hear)
        return self._connection

    def _hear(self, notice: psycopg.errors.Diagnostic) -> None:
        self._is_told = self._is_told or notice.message_primary == _DELIVERIES_DUE

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _enter(connection: Connection, tenant_id: UUID | None, viewer: Viewer | None) -> tuple[bool, str]:
    """(Whether the tenant has budgets, the bases that the viewer sees, or nothing where none is hidden)."""
    values: dict[str, Any] = {"tenant": str(tenant_id or ""), "timeout": _milliseconds_left(), "id": tenant_id}
    values |= {"member": viewer and viewer.user_id, "key": viewer and viewer.key_id}
    row = connection.execute(_ENTER_TENANT, values).fetchone()
    return (bool(row[-2]), str(row[-1] or "")) if row else (False, "")


def _await_notification(connection: Connection, seconds: float) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        for _ in connection.notifies(timeout=max(0.0, seconds), stop_after=1):
            pass


def _milliseconds_left() -> str | None:
    left_s = seconds_left()
    return None if left_s is None else str(max(1, int(1000 * left_s)))  # 0 would be no limit


def _connect(dsn: str) -> Connection:
    """Each try lasts as long as the invocation can wait: a server that wakes keeps a connection until it is there.

    Raises DatabaseStartingError at the end of that time, UpstreamUnavailableError where the server refuses for good.
    """
    left_s = seconds_left()
    ends_at = time.monotonic() + (_USUAL_PATIENCE_S if left_s is None else min(left_s, _MOST_PATIENCE_S))
    reason: psycopg.Error | None = None
    while (left_s := ends_at - time.monotonic()) >= _SHORTEST_TRY_S:
        try:
            return _try_to_connect(dsn, timeout_s=int(left_s))
        except psycopg.OperationalError as error:
            if _is_final(str(error)):
                raise UpstreamUnavailableError(f"the database refuses: {error}") from error
            reason = error
        time.sleep(_PAUSE_S)
    raise DatabaseStartingError(str(reason or ""), details={"retry_after_s": _RETRY_AFTER_S}) from reason


def _is_final(reason: str) -> bool:
    """The server refuses, or is not the one it should be."""
    return "certificate" in reason or ("FATAL" in reason and not _PASSING.search(reason))


def _try_to_connect(dsn: str, *, timeout_s: int) -> Connection:
    """Options that the connection string names itself stay as they are."""
    options = conninfo_to_dict(dsn).get("options") or _SESSION
    # Without prepared statements, plans stay custom (partial indexes) and sessions of a proxy are not pinned.
    return psycopg.connect(
        dsn,
        autocommit=True,
        prepare_threshold=None,
        connect_timeout=timeout_s,
        keepalives_idle=30,
        options=str(options),
    )


class TenantDatabase:
    """A database handle restricted to transactions of one tenant, with the rights of one viewer."""

    def __init__(self, database: Database, tenant_id: UUID, viewer: Viewer | None = None) -> None:
        self._database = database
        self.tenant_id = tenant_id
        self.viewer = viewer

    def transaction(self) -> contextlib.AbstractContextManager[Transaction]:
        return self._database.transaction(self.tenant_id, self.viewer)

    def listening(self, channel: str) -> contextlib.AbstractContextManager[Callable[[float], None]]:
        """Channels belong to no tenant: a name that nobody can guess says whose it is, and nothing is sent but it."""
        return self._database.listening(channel)
