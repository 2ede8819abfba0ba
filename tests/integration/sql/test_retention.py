"""Entries of the audit log that have become too old are removed by the first entry of a day, and by nothing else."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from voicehelper.adapters.database import Database
from voicehelper.errors import DatabaseError
from voicehelper.identity.audit import record
from voicehelper.sql.migrate import migration_files
from voicehelper.sql.retention import keep_audit_entries

from tests.support.bases import create_base

NOBODY: Final = UUID(int=0)
AT_ONCE: Final = 1000  # of the migration
MAKE_ENTRIES: Final = """
    INSERT INTO audit_entry (id, tenant_id, at, action, target)
    SELECT gen_random_uuid(), %s, now() - make_interval(days => %s), 'base.created', 'old' FROM generate_series(1, %s)
"""


class Log:
    """Two workspaces, and the entries of nobody."""

    def __init__(self, admin: psycopg.Connection[Any], database: Database) -> None:
        self.admin, self._database = admin, database
        self.tenant_id, self.other = create_base(admin).tenant_id, create_base(admin).tenant_id

    def add(self, tenant_id: UUID, *, days_old: int, count: int = 1) -> None:
        """As they are after so many days, without what an entry brings with it."""
        with self.admin.transaction():
            self.admin.execute("SET LOCAL session_replication_role = replica")
            self.admin.execute(MAKE_ENTRIES, (tenant_id, days_old, count))

    def record(self) -> None:
        with self._database.transaction(self.tenant_id) as tx:
            record(tx, "base.created", "new")

    def left(self) -> dict[UUID, int]:
        """Old entries of each workspace."""
        rows = self.admin.execute("SELECT tenant_id, count(*) FROM audit_entry WHERE target = 'old' GROUP BY 1")
        return dict(rows.fetchall())

    def let_a_day_pass(self) -> None:
        self.admin.execute("UPDATE audit_retention SET due_at = due_at - interval '1 day'")


@pytest.fixture
def log(admin: psycopg.Connection[Any], database: Database) -> Log:
    return Log(admin, database)


def test_entries_of_all_workspaces_and_of_none_end_with_their_time(log: Log) -> None:
    for tenant_id in (log.tenant_id, log.other, NOBODY):
        log.add(tenant_id, days_old=31)
        log.add(tenant_id, days_old=29)
    keep_audit_entries(log.admin, 30)

    log.record()

    assert log.left() == {log.tenant_id: 1, log.other: 1, NOBODY: 1}


@pytest.mark.parametrize("is_set", [True, False], ids=["kept for ever", "nothing set"])
def test_without_a_time_they_stay(log: Log, is_set: bool) -> None:
    log.add(log.tenant_id, days_old=4000)
    if is_set:
        keep_audit_entries(log.admin, 0)

    log.record()

    assert log.left() == {log.tenant_id: 1}


def test_they_are_looked_for_once_a_day_and_after_a_change(log: Log) -> None:
    keep_audit_entries(log.admin, 30)
    log.record()
    log.add(log.tenant_id, days_old=31)
    keep_audit_entries(log.admin, 30)
    log.record()
    same_day = log.left()
    log.let_a_day_pass()
    log.record()
    next_day = log.left()
    log.add(log.tenant_id, days_old=20)
    keep_audit_entries(log.admin, 10)
    log.record()

    assert (same_day, next_day, log.left()) == ({log.tenant_id: 1}, {}, {})


def test_many_go_in_several_times(log: Log) -> None:
    log.add(log.other, days_old=31, count=AT_ONCE + 5)
    keep_audit_entries(log.admin, 30)

    log.record()
    first = log.left()
    log.record()

    assert (first, log.left()) == ({log.other: 5}, {})


def test_those_who_record_meanwhile_do_not_wait(log: Log, database_url: str) -> None:
    log.add(log.tenant_id, days_old=31)
    keep_audit_entries(log.admin, 30)
    removing, recorded = Barrier(2), Barrier(2)

    def remove() -> None:
        own = Database(lambda: database_url)
        with own.transaction(log.other) as tx:
            record(tx, "base.created", "new")
            removing.wait(10)
            recorded.wait(10)
        own.close()

    remover = Thread(target=remove)
    remover.start()
    removing.wait(10)
    log.record()
    during = log.left()
    recorded.wait(10)
    remover.join()

    assert (during, log.left()) == ({log.tenant_id: 1}, {})


def test_what_is_rolled_back_has_removed_nothing(log: Log, database: Database) -> None:
    log.add(log.tenant_id, days_old=31)
    keep_audit_entries(log.admin, 30)

    def die() -> None:
        with database.transaction(log.tenant_id) as tx:
            record(tx, "base.created", "new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        die()
    assert log.left() == {log.tenant_id: 1}
    log.record()
    assert log.left() == {}


@pytest.mark.parametrize(
    "statement",
    ["SELECT count(*) FROM audit_retention", "UPDATE audit_retention SET days = 1", "DELETE FROM audit_retention"],
)
def test_who_serves_requests_neither_reads_nor_changes_the_time(log: Log, database: Database, statement: Any) -> None:
    keep_audit_entries(log.admin, 30)

    with pytest.raises(DatabaseError), database.transaction(log.tenant_id) as tx:
        tx.run(statement)


def test_an_owner_who_is_subject_to_policies_removes_what_is_too_old_alone(log: Log) -> None:
    """As on Aurora; the owner of this database is a superuser."""
    [text] = [text for name, text in migration_files() if name.startswith("0035")]
    owner, app = sql.Identifier(f"owner_{uuid4().hex}"), sql.Identifier("voicehelper_app")
    for tenant_id in (log.tenant_id, log.other, NOBODY):
        log.add(tenant_id, days_old=31)
        log.add(tenant_id, days_old=29)
    with log.admin.transaction(force_rollback=True):
        log.admin.execute("DROP TRIGGER remove_old ON audit_entry")
        log.admin.execute("DROP POLICY too_old ON audit_entry")
        log.admin.execute("DROP FUNCTION app.remove_old_audit_entries; DROP TABLE audit_retention")
        log.admin.execute(sql.SQL("CREATE ROLE {}").format(owner))
        log.admin.execute(sql.SQL("GRANT {} TO {}").format(app, owner))
        log.admin.execute(sql.SQL("GRANT CREATE, USAGE ON SCHEMA app, public TO {}").format(owner))
        log.admin.execute(sql.SQL("ALTER TABLE audit_entry OWNER TO {}").format(owner))
        log.admin.execute(sql.SQL("SET LOCAL ROLE {}").format(owner))
        log.admin.execute(text.encode())
        keep_audit_entries(log.admin, 30)
        seen = log.left()
        log.admin.execute(sql.SQL("SET LOCAL ROLE {}").format(app))
        log.admin.execute("SELECT set_config('app.tenant_id', %s, true)", (str(log.tenant_id),))
        log.admin.execute(MAKE_ENTRIES, (log.tenant_id, 0, 1))
        log.admin.execute("RESET ROLE")
        left = log.left()

    assert seen == {log.tenant_id: 1, log.other: 1, NOBODY: 1}
    assert left == {log.tenant_id: 2, log.other: 1, NOBODY: 1}
