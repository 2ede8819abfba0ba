"""Pages of audit and usage: by which statements, and by which indexes. `make bench` measures them at a million rows."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, Transaction
from voicehelper.identity import audit, usage
from voicehelper.shapes.pages import PageRequest
from voicehelper.shapes.viewer import Viewer

from tests.support.bases import create_base
from tests.support.records import fill_audit, fill_usage
from tests.support.statements import CountedTenant

Admin = psycopg.Connection[Any]
ROWS, NEIGHBOURS = 2_000, 20_000
SUMS: Final = "sum(questions)::int, sum(tokens_in)::int, sum(cost_usd)::float8"


@pytest.fixture
def tenant_id(admin: Admin) -> UUID:
    return create_base(admin).tenant_id


@pytest.fixture
def filled(admin: Admin, tenant_id: UUID) -> UUID:
    for tenant, rows in ((tenant_id, ROWS), (create_base(admin).tenant_id, NEIGHBOURS)):
        fill_audit(admin, tenant, rows)
        fill_usage(admin, tenant, rows)
    admin.execute("VACUUM ANALYZE audit_entry, usage_day, usage_sum, app_user")
    return tenant_id


def plan(database: Database, tenant_id: UUID, statement: str, **values: Any) -> str:
    """As the product's own role has it, under the policies of tenants."""
    values |= {"tenant_id": tenant_id, "start": datetime.now(UTC) - timedelta(days=7), "end": datetime.now(UTC)}
    with database.transaction(tenant_id) as tx:
        tx.connection.execute("SET LOCAL enable_seqscan = off")  # tables as small as these are else read whole
        lines = tx.connection.execute(b"EXPLAIN " + statement.encode(), values).fetchall()
    return "\n".join(line[0] for line in lines)


def test_a_page_of_audit_is_read_in_the_order_of_an_index(database: Database, filled: UUID) -> None:
    one: dict[str, Any] = {"actor_id": UUID(int=1)}
    wanted: dict[str, dict[str, Any]] = {
        "time": {},
        "action": {"action": "key.created"},
        "actor": one,
        "actor_action": one | {"action": "key.created"},
    }
    for index, filters in wanted.items():
        values = {"actor_id": None, "action": None, "limit": 100, "offset": 0, "most": audit.MOST_COUNTED} | filters
        page = plan(database, filled, audit.LIST_ENTRIES, **values)
        count = plan(database, filled, audit.COUNT_ENTRIES, **values)

        assert f"using audit_entry_{index} on audit_entry" in page
        assert "Seq Scan on audit_entry" not in page + count


def test_usage_is_read_from_its_sums(database: Database, filled: UUID) -> None:
    for by in ("day", "user", "key", "base", "model"):
        found = plan(database, filled, usage.READ_USAGE, by=by, none="")

        assert "usage_sum_pkey" in found
        assert "Seq Scan on usage_sum" not in found
        assert "usage_day" not in found


def test_a_page_takes_so_many_statements(database: Database, filled: UUID) -> None:
    tenant, today = CountedTenant(database, filled), datetime.now(UTC).date()
    with tenant.transaction() as tx:
        usage.read_usage(tx, "user", today - timedelta(days=6), today)
        of_usage = len(tenant.statements)
        audit.list_entries(tx, audit.Filter(), PageRequest(page=1, page_size=100))

    assert (of_usage, len(tenant.statements)) == (1, 3)


class _RolledBackError(Exception):
    pass


def test_sums_are_those_of_the_rows_however_they_were_charged(database_url: str, admin: Admin, tenant_id: UUID) -> None:
    """At the same time, several in one transaction, and some that are rolled back."""
    people, bases = [uuid4() for _ in range(3)], [uuid4(), None]

    def charge_both(tx: Transaction, number: int) -> None:
        for model in ("a", "b"):
            usage.charge(tx, usage.Charge(model, 1, number, 1, 0.01 * number, bases[number % 2]))
        if number % 5 == 0:
            raise _RolledBackError

    def one(number: int) -> None:
        opened = Database(lambda: database_url)
        viewer = Viewer(people[number % 3])
        with contextlib.suppress(_RolledBackError), opened.transaction(tenant_id, viewer) as tx:
            charge_both(tx, number)
        opened.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(40)))

    [rows] = admin.execute(f"SELECT {SUMS} FROM usage_day").fetchall()
    sums = admin.execute(f"SELECT by, {SUMS} FROM usage_sum GROUP BY by ORDER BY by").fetchall()
    assert rows[0] == 64
    assert sums == [(by, *rows) for by in ("base", "day", "key", "model", "user")]
    assert admin.execute("SELECT count(*) FROM usage_sum WHERE by = 'user'").fetchone() == (3,)
