"""Budgets of workspaces, members and keys in a real database: set by administrators, held by the store of budgets."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.identity.audit import Filter, list_entries
from voicehelper.identity.budget_sums import add_to_budgets
from voicehelper.identity.budgets import (
    Budget,
    BudgetNotFoundError,
    Subject,
    list_budgets,
    put_budget,
    remove_budget,
)
from voicehelper.identity.usage import Charge, charge
from voicehelper.models.budget_store import BudgetStore
from voicehelper.models.errors import BudgetExceededError
from voicehelper.shapes.ids import NOWHERE
from voicehelper.shapes.pages import PageRequest
from voicehelper.shapes.viewer import Viewer

from tests.support.bases import create_base
from tests.support.workspaces import Workspace

WORKSPACE = Subject("workspace", NOWHERE)


@pytest.fixture
def company(admin: psycopg.Connection[Any], database: Database) -> Company:
    return Company(Workspace(admin, database))


class Company:
    """A workspace with an administrator, a member and the member's key."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.tenant = workspace, str(workspace.tenant_id)
        self.admin: TenantDatabase = workspace.as_(workspace.member("admin"))
        self.member, self.key_id = workspace.member(), uuid4()
        workspace.admin.execute(
            "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes)"
            " VALUES (%s, %s, %s, 'nightly', %s, 'h', '{ask}')",
            (self.key_id, workspace.tenant_id, self.member, self.key_id.hex[:12]),
        )
        self.store = BudgetStore(workspace.database, 0.0)
        self.person, self.machine = Viewer(self.member), Viewer(self.member, self.key_id)

    def put(self, subject: Subject, usd: float) -> Budget:
        return put_budget(self.admin, subject, usd, most_usd=0.0)

    def listed(self, most_usd: float = 0.0) -> list[Budget]:
        return list_budgets(self.admin, PageRequest(page=1, page_size=20), most_usd=most_usd).items

    def spend(self, viewer: Viewer, usd: float) -> None:
        """One call that costs what was reserved for it."""
        reservation = self.store.reserve(self.tenant, viewer, usd)
        assert reservation is not None
        self.store.settle(self.tenant, reservation, usd)

    def refusal(self, viewer: Viewer, usd: float) -> dict[str, Any]:
        with self.admin.transaction():
            pass  # each request reads before it calls a model
        with pytest.raises(BudgetExceededError) as error:
            self.store.reserve(self.tenant, viewer, usd)
        return dict(error.value.details)


def test_a_call_must_fit_into_each_budget_that_it_concerns(company: Company) -> None:
    company.put(WORKSPACE, 3.0)
    company.put(Subject("user", company.member), 2.0)
    company.put(Subject("key", company.key_id), 1.0)

    company.spend(company.machine, 0.75)
    by_key = company.refusal(company.machine, 0.5)
    company.spend(company.person, 1.0)
    by_user = company.refusal(company.person, 0.5)
    other = Viewer(company.workspace.member())
    company.spend(other, 1.0)
    by_workspace = company.refusal(other, 0.5)

    assert (by_key["limit_usd"], by_key["used_usd"]) == (1.0, 0.75)
    assert (by_user["limit_usd"], by_user["used_usd"]) == (2.0, 1.75)
    assert (by_workspace["limit_usd"], by_workspace["used_usd"]) == (3.0, 2.75)
    assert by_key["resets_at"] == by_user["resets_at"] == by_workspace["resets_at"]


def test_the_tightest_of_those_that_refuse_is_told(company: Company) -> None:
    company.put(WORKSPACE, 0.5)
    company.put(Subject("user", company.member), 0.25)

    assert company.refusal(company.person, 1.0)["limit_usd"] == 0.25
    assert company.refusal(company.person, 0.3)["limit_usd"] == 0.25
    company.put(Subject("user", company.member), 5.0)
    assert company.refusal(company.person, 1.0)["limit_usd"] == 0.5


def test_what_one_budget_refuses_is_reserved_in_none(company: Company) -> None:
    company.put(WORKSPACE, 10.0)
    company.put(Subject("key", company.key_id), 0.1)

    company.refusal(company.machine, 0.2)

    assert [(item.kind, item.reserved_usd) for item in company.listed()] == [("workspace", 0.0), ("key", 0.0)]


def test_the_list_has_names_and_what_is_used_and_reserved(company: Company) -> None:
    company.put(Subject("key", company.key_id), 4.0)
    company.put(Subject("user", company.member), 2.0)
    company.put(WORKSPACE, 9.0)
    company.spend(company.machine, 0.5)
    company.store.reserve(company.tenant, company.person, 0.25)

    shown = [(item.id, item.limit_usd, item.used_usd, item.reserved_usd) for item in company.listed()]

    assert shown == [
        ("workspace", 9.0, 0.5, 0.25),
        (str(company.member), 2.0, 0.5, 0.25),
        (f"key-{company.key_id}", 4.0, 0.5, 0.0),
    ]
    assert [item.name for item in company.listed()] == [
        "",
        f"{company.member}@example.com",
        f"nightly ({company.key_id.hex[:12]})",
    ]


def test_a_budget_set_in_the_course_of_a_month_begins_with_what_was_charged(company: Company) -> None:
    with company.workspace.database.transaction(company.workspace.tenant_id, company.machine) as tx:
        charge(tx, Charge("m", 1, 10, 10, 0.75))

    assert {company.put(subject, 1.0).used_usd for subject in subjects(company)} == {0.75}
    assert company.refusal(company.machine, 0.5)["used_usd"] == 0.75


def subjects(company: Company) -> tuple[Subject, ...]:
    return WORKSPACE, Subject("user", company.member), Subject("key", company.key_id)


def test_what_was_spent_without_asking_counts(company: Company) -> None:
    company.put(Subject("user", company.member), 1.0)
    with company.workspace.database.transaction(company.workspace.tenant_id, company.machine) as tx:
        add_to_budgets(tx, 0.75)

    assert company.refusal(company.person, 0.5)["used_usd"] == 0.75


def test_a_removed_budget_refuses_nothing_and_is_not_listed(company: Company) -> None:
    company.put(WORKSPACE, 0.0)
    company.refusal(company.person, 0.1)

    remove_budget(company.admin, WORKSPACE)

    assert company.listed() == []
    assert company.store.reserve(company.tenant, company.person, 100.0) is None
    with pytest.raises(BudgetNotFoundError):
        remove_budget(company.admin, WORKSPACE)


def test_no_workspace_allows_itself_more_than_the_deployment_does(company: Company) -> None:
    store = BudgetStore(company.workspace.database, 1.0)
    company.put(WORKSPACE, 5.0)

    assert [item.limit_usd for item in company.listed(most_usd=1.0)] == [1.0]
    with pytest.raises(BudgetExceededError):
        store.reserve(company.tenant, company.person, 1.5)
    company.put(WORKSPACE, 0.5)
    with pytest.raises(BudgetExceededError):
        store.reserve(company.tenant, company.person, 0.75)


def test_the_deployments_budget_is_listed_where_no_other_is_set(company: Company) -> None:
    assert [(item.id, item.limit_usd) for item in company.listed(most_usd=2.5)] == [("workspace", 2.5)]


def test_nobody_sets_a_budget_for_those_of_another_workspace(
    company: Company, admin: psycopg.Connection[Any], database: Database
) -> None:
    stranger = Company(Workspace(admin, database))
    company.put(WORKSPACE, 1.0)
    for subject in (*subjects(company)[1:], Subject("user", NOWHERE), Subject("key", NOWHERE)):
        with pytest.raises(BudgetNotFoundError):
            stranger.put(subject, 1.0)

    assert stranger.listed() == []
    assert stranger.store.reserve(stranger.tenant, stranger.person, 5.0) is None


def test_what_is_set_and_removed_is_in_the_audit_log(company: Company) -> None:
    company.put(Subject("key", company.key_id), 2.0)
    remove_budget(company.admin, Subject("key", company.key_id))

    with company.admin.transaction() as tx:
        entries = list_entries(tx, Filter(action="budget.changed"), PageRequest(page=1, page_size=5)).items
    assert [(entry.target, entry.details["limit_usd"]) for entry in entries] == [
        (f"key-{company.key_id}", None),
        (f"key-{company.key_id}", 2.0),
    ]


def test_a_call_of_a_workspace_without_budgets_takes_no_statement(company: Company) -> None:
    """Its transaction before, which every call has, says that there are none."""
    with company.admin.transaction() as tx:
        connection = tx.connection
    with tempfile.TemporaryFile("w+") as trace:
        connection.pgconn.trace(trace.fileno())
        reserved = company.store.reserve(company.tenant, company.person, 5.0)
        connection.pgconn.untrace()
        trace.seek(0)
        sent = trace.read()

    assert (reserved, sent) == (None, "")


CALLERS = 50


@pytest.fixture
def processes(database_url: str) -> Iterator[list[Database]]:
    """Of as many processes as there are callers, each with a connection of its own."""
    databases = [Database(lambda: database_url) for _ in range(CALLERS)]
    yield databases
    for database in databases:
        database.close()


def test_fifty_calls_at_once_by_people_and_keys_never_exceed_a_budget(
    processes: list[Database], company: Company
) -> None:
    """Each settles at less than it has reserved, and in an order that would lock in a circle if sums had none."""
    company.put(WORKSPACE, 1.0)
    company.put(Subject("user", company.member), 0.6)
    company.put(Subject("key", company.key_id), 0.3)
    viewers = (company.machine, company.person, Viewer(company.workspace.member()))
    together = Barrier(CALLERS)

    def call(number: int, store: BudgetStore) -> float:
        try:
            reservation = store.reserve(company.tenant, viewers[number % 3], 0.05)
        except BudgetExceededError:
            return 0.0
        assert reservation is not None
        store.settle(company.tenant, reservation, 0.04)
        return 0.04

    def of_process(number: int) -> float:
        with processes[number].transaction(company.workspace.tenant_id):
            pass  # connects
        together.wait(30)
        return call(number, BudgetStore(processes[number], 0.0))

    with ThreadPoolExecutor(CALLERS) as pool:
        spent = sum(pool.map(of_process, range(CALLERS)))

    used = {item.kind: item.used_usd for item in company.listed()}
    assert used["workspace"] == pytest.approx(spent)
    assert used["workspace"] <= 1.0
    assert used["user"] <= 0.6
    assert used["key"] <= 0.3
    assert {item.reserved_usd for item in company.listed()} == {0.0}


def test_an_unknown_workspace_has_no_budgets(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)

    assert BudgetStore(database, 0.0).reserve(str(base.tenant_id), Viewer(UUID(int=5)), 1.0) is None
