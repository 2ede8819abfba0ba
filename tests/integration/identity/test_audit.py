"""The audit log in a real database: what is recorded, who reads it, and that nobody changes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, Transaction
from voicehelper.errors import DatabaseError
from voicehelper.identity.audit import AuditEntry, Filter, list_entries, record
from voicehelper.shapes.pages import Page, PageRequest
from voicehelper.shapes.viewer import Viewer

from tests.integration.identity.conftest import OFFICE, RIGHT, WRONG, Identity, outcome
from tests.support.bases import Base, add_member, create_base

ALL, FIRST = Filter(), PageRequest(page=1, page_size=20)


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return create_base(admin)


@pytest.fixture
def member(admin: psycopg.Connection[Any], base: Base) -> UUID:
    return add_member(admin, base.tenant_id, email="Ann@Example.com")


@pytest.fixture
def tx(database: Database, base: Base, member: UUID) -> Iterator[Transaction]:
    with database.transaction(base.tenant_id, Viewer(member, ip="192.0.2.4")) as opened:
        yield opened


def read(database: Database, tenant_id: UUID, wanted: Filter = ALL, page: PageRequest = FIRST) -> Page[AuditEntry]:
    with database.transaction(tenant_id) as tx:
        return list_entries(tx, wanted, page)


def test_an_entry_says_who_did_what_from_where(tx: Transaction) -> None:
    record(tx, "base.created", "kb-1", visibility="restricted")

    (entry,) = list_entries(tx, Filter(), FIRST).items
    assert (entry.actor, entry.action, entry.target, entry.ip) == (
        "Ann@Example.com", "base.created", "kb-1", "192.0.2.4",
    )  # fmt: skip
    assert entry.details == {"visibility": "restricted"}
    assert abs(datetime.now(UTC) - entry.at) < timedelta(minutes=1)


def test_a_key_is_named_beside_its_maker(database: Database, base: Base, member: UUID) -> None:
    key_id = uuid4()
    with database.transaction(base.tenant_id, Viewer(member, key_id)) as tx:
        record(tx, "document.deleted", "doc-1")

    (entry,) = read(database, base.tenant_id).items
    assert (entry.actor, entry.details) == ("Ann@Example.com", {"key_id": f"key-{key_id}"})


def test_what_is_not_committed_is_not_recorded(database: Database, base: Base) -> None:
    def act() -> None:
        with database.transaction(base.tenant_id) as tx:
            record(tx, "base.deleted", "kb-1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()

    assert read(database, base.tenant_id).total == 0


def test_entries_stay_when_their_actor_is_gone(
    admin: psycopg.Connection[Any], database: Database, base: Base, member: UUID
) -> None:
    with database.transaction(base.tenant_id, Viewer(member)) as tx:
        record(tx, "base.deleted", "kb-1")
    admin.execute("DELETE FROM app_user WHERE id = %s", (member,))

    assert [entry.actor for entry in read(database, base.tenant_id).items] == [str(member)]


def test_filters_restrict_alone_and_together(
    admin: psycopg.Connection[Any], database: Database, base: Base, member: UUID
) -> None:
    other = add_member(admin, base.tenant_id, "editor")
    for user, action in ((member, "base.created"), (member, "base.deleted"), (other, "base.created")):
        with database.transaction(base.tenant_id, Viewer(user)) as tx:
            record(tx, action, "kb-1")  # type: ignore[arg-type]
    now = datetime.now(UTC)

    def count(**wanted: Any) -> int:
        page = read(database, base.tenant_id, Filter(**wanted))
        assert len(page.items) == page.total
        return page.total

    assert count() == 3
    assert count(actor="ann@EXAMPLE.com") == count(actor=str(member)) == 2
    assert count(actor="nobody@example.com") == count(action="base") == 0
    assert count(action="base.created", actor=str(other)) == 1
    assert count(start=now - timedelta(hours=1), end=now + timedelta(hours=1)) == 3
    assert count(start=now + timedelta(hours=1)) == count(end=now - timedelta(hours=1)) == 0


def test_pages_are_the_newest_first(database: Database, base: Base, member: UUID) -> None:
    for number in range(5):
        with database.transaction(base.tenant_id, Viewer(member)) as tx:
            record(tx, "base.created", f"kb-{number}")

    page = read(database, base.tenant_id, page=PageRequest(page=2, page_size=2))
    assert [entry.target for entry in page.items] == ["kb-2", "kb-1"]
    assert (page.total, page.has_next) == (5, True)


def test_another_workspace_reads_nothing(
    admin: psycopg.Connection[Any], database: Database, base: Base, member: UUID
) -> None:
    with database.transaction(base.tenant_id, Viewer(member)) as tx:
        record(tx, "base.created", "kb-1")

    assert read(database, create_base(admin).tenant_id).total == 0


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
)
def test_nobody_changes_or_removes_entries(database: Database, base: Base, change: Any) -> None:
    with database.transaction(base.tenant_id) as tx:
        record(tx, "base.created", "kb-1")
    with pytest.raises(DatabaseError), database.transaction(base.tenant_id) as tx:
        tx.run(change)

    assert read(database, base.tenant_id).total == 1


def test_nothing_is_recorded_for_another_workspace(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    foreign = create_base(admin)
    with pytest.raises(DatabaseError), database.transaction(base.tenant_id) as tx:
        record(Transaction(tx.connection, foreign.tenant_id), "base.created", "kb-1")


def test_sign_ins_are_recorded_with_their_outcome(identity: Identity, admin: psycopg.Connection[Any]) -> None:
    user = identity.register("dana@example.org")
    row = admin.execute("SELECT tenant_id FROM app_user WHERE id = %s", (user.id,)).fetchone()
    assert row is not None
    assert outcome(lambda: identity.sign_in("Dana@example.org", WRONG)) == "INVALID_CREDENTIALS"
    session = identity.session(identity.sign_in("dana@example.org"))
    identity.change_password(session, RIGHT)

    entries = read(identity.database, row[0]).items
    assert [entry.action for entry in entries] == ["password.changed", "sign_in.succeeded", "sign_in.failed"]
    assert {(entry.actor, entry.ip) for entry in entries} == {("dana@example.org", OFFICE.network)}
    assert WRONG not in str(entries)


def test_a_failure_for_an_unknown_address_is_in_no_workspace(
    identity: Identity, admin: psycopg.Connection[Any]
) -> None:
    """The same statements run as for a known address, so that the time does not tell them apart."""
    identity.register("eve@example.org")
    assert outcome(lambda: identity.sign_in("nobody@example.org", WRONG)) == "INVALID_CREDENTIALS"

    rows = admin.execute("SELECT tenant_id, actor_id, target FROM audit_entry").fetchall()
    assert rows == [(UUID(int=0), None, "nobody@example.org")]
