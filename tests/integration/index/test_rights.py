"""What members and keys see and may do: one filter in the database, whichever statement asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, Transaction
from voicehelper.index.bases import KnowledgeBaseNotFoundError, read_bases
from voicehelper.index.documents import hidden_documents
from voicehelper.index.rights import RIGHTS, Right, RightMissingError, require_right
from voicehelper.knowledge import store
from voicehelper.knowledge.models import NewKnowledgeBase
from voicehelper.shapes.viewer import Viewer

from tests.support.bases import Base, add_member, create_base, create_document
from tests.support.workspaces import Workspace

ROLES = ("owner", "admin", "editor", "reader")


@dataclass
class Company:
    """One workspace with a base that is open and one that is restricted, each with a document."""

    admin: psycopg.Connection[Any]
    database: Database

    def __post_init__(self) -> None:
        self.open = create_base(self.admin)
        self.tenant_id = self.open.tenant_id
        self.closed = Base(self.tenant_id, uuid4())
        self.admin.execute(
            "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model, visibility)"
            " VALUES (%s, %s, 'closed', 'closed', 'm', 'restricted')",
            (self.closed.kb_id, self.tenant_id),
        )
        self.documents = {base.kb_id: create_document(self.admin, base) for base in (self.open, self.closed)}

    def member(self, role: str = "reader") -> UUID:
        return add_member(self.admin, self.tenant_id, role)

    def grant(self, level: int, *, user_id: UUID | None = None, group_id: UUID | None = None) -> None:
        self.admin.execute(
            "INSERT INTO base_grant (kb_id, tenant_id, user_id, group_id, level) VALUES (%s, %s, %s, %s, %s)",
            (self.closed.kb_id, self.tenant_id, user_id, group_id, level),
        )

    def group_of(self, user_id: UUID) -> UUID:
        group_id = uuid4()
        self.admin.execute(
            "INSERT INTO member_group (id, tenant_id, name) VALUES (%s, %s, %s)",
            (group_id, self.tenant_id, str(group_id)),
        )
        self.admin.execute("INSERT INTO group_member VALUES (%s, %s, %s)", (group_id, self.tenant_id, user_id))
        return group_id

    def key_of(self, user_id: UUID, *, bases: list[UUID] | None = None, scopes: str = "{ask,write}") -> UUID:
        key_id = uuid4()
        self.admin.execute(
            "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes, bases)"
            " VALUES (%s, %s, %s, 'k', %s, 'h', %s, %s)",
            (key_id, self.tenant_id, user_id, str(key_id), scopes, bases),
        )
        return key_id

    def seen(self, viewer: Viewer | None) -> set[UUID]:
        """By the bases, and by the documents; both must say the same."""
        with self.database.transaction(self.tenant_id, viewer) as tx:
            bases = {base.id for base in read_bases(tx, None)}
            assert {base.id for base in store.list_bases(tx, limit=9, offset=0)} == bases
            assert store.count_bases(tx) == len(bases)
            listed = [store.list_documents(tx, kb_id, limit=9, offset=0) for kb_id in self.documents]
            assert {row.kb_id for rows in listed for row in rows} == bases
            assert sum(store.count_documents(tx, kb_id) for kb_id in self.documents) == len(bases)
            hidden = {self.documents[kb_id] for kb_id in self.documents.keys() - bases}
            assert hidden_documents(tx, self.documents.values()) == hidden
        return bases

    def level(self, viewer: Viewer, base: Base) -> int:
        with self.database.transaction(self.tenant_id, viewer) as tx:
            return sum(_may(tx, base.kb_id, right) for right in RIGHTS)


def _may(tx: Transaction, kb_id: UUID, right: Right) -> bool:
    try:
        require_right(tx, kb_id, right)
    except (RightMissingError, KnowledgeBaseNotFoundError):
        return False
    return True


@pytest.fixture
def company(admin: psycopg.Connection[Any], database: Database) -> Company:
    return Company(admin, database)


@pytest.mark.parametrize(("role", "levels"), list(zip(ROLES, [(3, 3), (3, 3), (2, 0), (1, 0)], strict=True)))
def test_a_role_reaches_open_and_restricted_bases_so_far(company: Company, role: str, levels: tuple[int, int]) -> None:
    viewer = Viewer(company.member(role))

    assert (company.level(viewer, company.open), company.level(viewer, company.closed)) == levels
    assert company.seen(viewer) == {company.open.kb_id, *([company.closed.kb_id] if levels[1] else [])}


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("by_group", [False, True])
def test_a_grant_opens_a_restricted_base_as_far_as_it_says(company: Company, level: int, by_group: bool) -> None:
    user = company.member()
    company.grant(level, **({"group_id": company.group_of(user)} if by_group else {"user_id": user}))

    assert company.level(Viewer(user), company.closed) == level
    assert len(company.seen(Viewer(user))) == 2


def test_a_right_that_is_lost_is_lost_in_the_next_transaction(company: Company) -> None:
    user, other = company.member(), company.member()
    group = company.group_of(user)
    company.grant(1, group_id=group)
    before = company.seen(Viewer(user))

    company.admin.execute("DELETE FROM group_member WHERE group_id = %s AND user_id = %s", (group, user))

    assert (len(before), company.seen(Viewer(user))) == (2, {company.open.kb_id})
    assert company.seen(Viewer(other)) == {company.open.kb_id}


def test_who_is_no_member_sees_nothing_whatever_the_tenant(company: Company, admin: psycopg.Connection[Any]) -> None:
    removed = company.member("owner")
    stranger = add_member(admin, create_base(admin).tenant_id)
    admin.execute("DELETE FROM membership WHERE user_id = %s AND tenant_id = %s", (removed, company.tenant_id))

    for user in (removed, stranger, uuid4()):
        assert company.seen(Viewer(user)) == set()
        assert company.level(Viewer(user), company.open) == 0


def test_a_key_is_bounded_by_its_bases_its_scopes_and_its_maker(company: Company) -> None:
    owner, reader = company.member("owner"), company.member()
    whole, one = company.key_of(owner), company.key_of(owner, bases=[company.closed.kb_id])
    reading, of_reader = company.key_of(owner, scopes="{ask,retrieve}"), company.key_of(reader)

    assert len(company.seen(Viewer(owner, whole))) == 2
    assert company.seen(Viewer(owner, one)) == {company.closed.kb_id}
    assert company.level(Viewer(owner, one), company.closed) == 3
    assert company.level(Viewer(owner, reading), company.open) == 1
    assert company.seen(Viewer(reader, of_reader)) == {company.open.kb_id}


@pytest.mark.parametrize("end", ["revoked_at = now()", "expires_at = now()", "user_id = %(other)s"])
def test_a_key_that_ended_or_is_somebody_else_s_sees_nothing(company: Company, end: str) -> None:
    user, other = company.member("owner"), company.member("owner")
    key = company.key_of(user)

    company.admin.execute(f"UPDATE api_key SET {end} WHERE id = %(key)s", {"key": key, "other": other})

    assert company.seen(Viewer(user, key)) == set()


def test_the_pipeline_sees_everything(company: Company) -> None:
    assert len(company.seen(None)) == 2


def test_who_makes_a_base_manages_it(company: Company) -> None:
    user, new = company.member("editor"), NewKnowledgeBase(name="mine", display_name="Mine")
    kb_id = uuid4()
    with company.database.transaction(company.tenant_id, Viewer(user)) as tx:
        store.insert_base(tx, kb_id, new, embedding_model="m")
        assert store.get_base(tx, kb_id).name == "mine"

    company.admin.execute("UPDATE knowledge_base SET visibility = 'restricted' WHERE id = %s", (kb_id,))

    assert company.level(Viewer(user), Base(company.tenant_id, kb_id)) == 3
    assert kb_id not in company.seen(Viewer(company.member("editor")))


def test_a_transaction_inside_another_has_the_rights_of_its_own_viewer(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    """What the outer one hides must not make the base look unrestricted to the inner one."""
    workspace = Workspace(admin, database)
    workspace.admin.execute("UPDATE knowledge_base SET visibility = 'restricted'")
    tenant = workspace.as_(workspace.member())

    with tenant.transaction() as outer:
        hidden = read_bases(outer, None)
        with tenant.transaction() as inner:
            assert read_bases(inner, None) == hidden == []
