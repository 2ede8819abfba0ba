"""Budgets in PostgreSQL: many calls at once, months, and calls that died."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.models.budget_store import BudgetStore
from voicehelper.models.errors import BudgetExceededError
from voicehelper.shapes.viewer import Viewer

from tests.support.emitted import emitted

Admin = psycopg.Connection[Any]


@pytest.fixture
def tenant(admin: Admin) -> str:
    return tenant_of(admin)


def tenant_of(admin: Admin) -> str:
    key = uuid4()
    admin.execute("insert into tenant (id, name) values (%s, 'x')", [key])
    return str(key)


def sums(admin: Admin, tenant: str) -> tuple[float, float]:
    """(reserved, used) of all months."""
    row = admin.execute(
        "select sum(reserved_usd)::float8, sum(used_usd)::float8 from model_budget where tenant_id = %s", [tenant]
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def reserve(store: BudgetStore, tenant: str, usd: float) -> UUID:
    reservation = store.reserve(tenant, None, usd)
    assert reservation is not None
    return reservation


def try_to_reserve(store: BudgetStore, tenant: str, usd: float) -> UUID | None:
    try:
        return store.reserve(tenant, None, usd)
    except BudgetExceededError:
        return None


def test_a_reservation_becomes_what_the_call_cost(database: Database, admin: Admin, tenant: str) -> None:
    store = BudgetStore(database, limit_usd=1.0)
    reservation = reserve(store, tenant, 0.4)
    before = sums(admin, tenant)
    store.settle(tenant, reservation, 0.123456789)

    assert before == (0.4, 0.0)
    assert sums(admin, tenant) == (0.0, 0.123456789)


def test_nothing_is_settled_twice(database: Database, admin: Admin, tenant: str) -> None:
    store = BudgetStore(database, limit_usd=1.0)
    reservation = reserve(store, tenant, 0.4)
    for _ in range(3):
        store.settle(tenant, reservation, 0.1)

    assert sums(admin, tenant) == (0.0, 0.1)


def test_what_exceeds_the_budget_is_refused_with_what_is_used_and_when_it_starts_anew(
    database: Database, tenant: str
) -> None:
    store = BudgetStore(database, limit_usd=1.0)
    store.settle(tenant, reserve(store, tenant, 0.9), 0.75)

    with pytest.raises(BudgetExceededError) as error:
        reserve(store, tenant, 0.26)

    resets_at = error.value.details.pop("resets_at")
    assert error.value.details == {"limit_usd": 1.0, "used_usd": 0.75}
    assert re.fullmatch(r"\d{4}-\d\d-01T00:00:00Z", resets_at)
    assert datetime.fromisoformat(resets_at) > datetime.now(UTC)
    assert try_to_reserve(store, tenant, 0.25)


def test_a_first_call_larger_than_the_budget_is_refused(database: Database, tenant: str) -> None:
    assert try_to_reserve(BudgetStore(database, limit_usd=0.1), tenant, 0.2) is None


@pytest.fixture
def stores(database_url: str) -> Iterator[list[BudgetStore]]:
    """Of eight processes, each with a connection of its own."""
    databases = [Database(lambda: database_url) for _ in range(8)]
    yield [BudgetStore(database, limit_usd=1.0) for database in databases]
    for database in databases:
        database.close()


def test_calls_at_the_same_time_do_not_exceed_the_budget_together(
    stores: list[BudgetStore], admin: Admin, tenant: str
) -> None:
    def call_often(store: BudgetStore) -> int:
        return sum(try_to_reserve(store, tenant, 0.04) is not None for _ in range(10))

    with ThreadPoolExecutor(len(stores)) as pool:
        reserved = sum(pool.map(call_often, stores))

    assert reserved == 25
    assert sums(admin, tenant) == (1.0, 0.0)


def test_calls_that_end_at_the_same_time_are_each_counted(stores: list[BudgetStore], admin: Admin, tenant: str) -> None:
    def call_often(store: BudgetStore) -> None:
        for _ in range(10):
            store.settle(tenant, reserve(store, tenant, 0.02), 0.01)

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(call_often, stores))

    assert sums(admin, tenant) == (0.0, 0.8)


def test_what_calls_that_died_have_reserved_is_given_back_once(
    stores: list[BudgetStore], admin: Admin, tenant: str
) -> None:
    for _ in range(10):
        reserve(stores[0], tenant, 0.1)
    admin.execute("update model_reservation set expires_at = now() where tenant_id = %s", [tenant])

    def call_often(store: BudgetStore) -> int:
        return sum(try_to_reserve(store, tenant, 0.1) is not None for _ in range(5))

    with ThreadPoolExecutor(len(stores)) as pool:
        reserved = sum(pool.map(call_often, stores))

    assert reserved == 10
    assert sums(admin, tenant) == (1.0, 0.0)


def test_a_call_that_expired_is_not_settled_any_more(database: Database, admin: Admin, tenant: str) -> None:
    store = BudgetStore(database, limit_usd=1.0)
    late = reserve(store, tenant, 0.9)
    admin.execute("update model_reservation set expires_at = now() where tenant_id = %s", [tenant])
    reserve(store, tenant, 0.9)
    store.settle(tenant, late, 0.5)

    assert sums(admin, tenant) == (0.9, 0.0)


def test_a_new_month_starts_at_nothing(database: Database, admin: Admin, tenant: str) -> None:
    store = BudgetStore(database, limit_usd=1.0)
    store.settle(tenant, reserve(store, tenant, 1.0), 1.0)
    admin.execute("update model_budget set month = month - interval '1 month' where tenant_id = %s", [tenant])

    assert try_to_reserve(store, tenant, 1.0)


def test_a_call_that_ends_in_the_next_month_is_charged_to_its_own(
    database: Database, admin: Admin, tenant: str
) -> None:
    store = BudgetStore(database, limit_usd=1.0)
    reservation = reserve(store, tenant, 0.5)
    for table in ("model_budget", "model_reservation"):
        admin.execute(f"update {table} set month = month - interval '1 month' where tenant_id = %s", [tenant])
    reserve(store, tenant, 0.3)
    store.settle(tenant, reservation, 0.4)

    rows = admin.execute(
        "select reserved_usd::float8, used_usd::float8 from model_budget where tenant_id = %s order by month", [tenant]
    ).fetchall()
    assert rows == [(0.0, 0.4), (0.3, 0.0)]


def test_each_tenant_has_a_budget_of_its_own(database: Database, admin: Admin, tenant: str) -> None:
    store = BudgetStore(database, limit_usd=1.0)
    reservation = reserve(store, tenant, 1.0)
    other = tenant_of(admin)
    store.settle(other, reservation, 0.5)

    assert try_to_reserve(store, other, 1.0)
    assert sums(admin, tenant) == (1.0, 0.0)


@pytest.mark.parametrize(("own", "counted"), [(True, []), (False, [("TenantsOverBudget", 1)])])
def test_a_workspace_over_its_budget_is_counted_and_named_by_its_digest(
    database: Database,
    admin: Admin,
    tenant: str,
    capsys: pytest.CaptureFixture[str],
    own: bool,
    counted: list[tuple[str, float]],
) -> None:
    """Not where it is a member's own budget that does not hold the call."""
    member = uuid4()
    set_for = (tenant, str(member), "user") if own else (tenant, str(UUID(int=0)), "workspace")
    admin.execute("INSERT INTO budget (tenant_id, subject_id, kind, limit_usd) VALUES (%s, %s, %s, 0.1)", set_for)
    store = BudgetStore(database, limit_usd=0)
    viewer = Viewer(user_id=member, key_id=None) if own else None

    with pytest.raises(BudgetExceededError):
        store.reserve(tenant, viewer, 0.2)

    assert emitted(capsys) == counted
