"""Keys in a real PostgreSQL, with the authorizer's records in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import DatabaseError, UnauthenticatedError, UpstreamUnavailableError
from voicehelper.identity.api_keys import service
from voicehelper.identity.api_keys.models import CreatedKey, Key, NewKey
from voicehelper.identity.api_keys.reader import KeyReader
from voicehelper.identity.api_keys.store import KeyNotFoundError
from voicehelper.identity.scopes import Scope, ScopeMissingError
from voicehelper.index.bases import KnowledgeBaseNotFoundError, read_bases
from voicehelper.shapes.pages import Page, PageRequest
from voicehelper.shapes.viewer import Viewer

from tests.support.api_keys import LIMIT, OFFICE, Clock, Records
from tests.support.bases import Base, add_member, create_base


@dataclass
class Workspace:
    admin: psycopg.Connection[Any]
    database: Database
    records: Records = field(default_factory=Records)

    def __post_init__(self) -> None:
        self.base = create_base(self.admin)

    def member(self, role: str = "editor") -> UUID:
        return add_member(self.admin, self.base.tenant_id, role)

    def of(self, user_id: UUID, key_id: UUID | None = None) -> TenantDatabase:
        return TenantDatabase(self.database, self.base.tenant_id, Viewer(user_id, key_id))

    def create(self, user_id: UUID, *scopes: Scope, **more: Any) -> CreatedKey:
        new = NewKey(name="nightly", scopes=list(scopes or ("ask",)), **more)
        with self.of(user_id).transaction() as tx:
            read_bases(tx, new.bases)
            return service.create_key(tx, self.records.table, new, user_id=user_id)

    def list(self, user_id: UUID) -> Page[Key]:
        with self.of(user_id).transaction() as tx:
            return service.list_keys(tx, self.records.table, PageRequest(page=1, page_size=20), user_id=user_id)

    def revoke(self, user_id: UUID, key_id: UUID) -> None:
        with self.of(user_id).transaction() as tx:
            service.revoke_key(tx, self.records.table, key_id, user_id=user_id)

    def call(self, key: CreatedKey) -> dict[str, str]:
        """What a fresh process of the authorizer says of the key."""
        return KeyReader(self.records, LIMIT, Clock()).context(key.key, network=OFFICE)

    def seen(self, user_id: UUID, key_id: UUID) -> set[UUID]:
        with self.of(user_id, key_id).transaction() as tx:
            return {base.id for base in read_bases(tx, None)}


@pytest.fixture
def workspace(admin: psycopg.Connection[Any], database: Database) -> Workspace:
    return Workspace(admin, database)


def test_a_new_key_works_and_its_text_is_stored_nowhere(workspace: Workspace) -> None:
    user = workspace.member()
    key = workspace.create(user, "retrieve", "ask")

    row = workspace.admin.execute("SELECT k::text FROM api_key AS k").fetchone()
    assert row is not None
    assert key.prefix in row[0]
    assert key.key.split("_")[2][:43] not in row[0] + repr(workspace.records)
    assert workspace.call(key)["user_id"] == str(user)
    assert (key.scopes, workspace.call(key)["scopes"]) == (["ask", "retrieve"], "ask retrieve")
    assert workspace.seen(user, key.id) == {workspace.base.kb_id}


@pytest.mark.parametrize(("role", "refused"), [("owner", False), ("admin", False), ("editor", True), ("reader", True)])
def test_a_scope_that_the_maker_s_role_lacks_is_refused(workspace: Workspace, role: str, refused: bool) -> None:
    user = workspace.member(role)

    if not refused:
        assert workspace.create(user, "admin").scopes == ["admin"]
        return
    with pytest.raises(ScopeMissingError) as error:
        workspace.create(user, "ask", "admin")
    assert error.value.details == {"scope": "admin"}
    assert workspace.records.records == {}


def test_a_key_names_only_bases_that_its_maker_sees(workspace: Workspace) -> None:
    user, foreign = workspace.member(), create_base(workspace.admin)

    assert workspace.create(user, bases=[workspace.base.kb_id]).bases == [workspace.base.kb_id]
    with pytest.raises(KnowledgeBaseNotFoundError):
        workspace.create(user, bases=[workspace.base.kb_id, foreign.kb_id])


def test_who_is_no_member_any_more_makes_no_key(workspace: Workspace) -> None:
    user = workspace.member()
    workspace.admin.execute("DELETE FROM membership WHERE user_id = %s", (user,))

    with pytest.raises(UnauthenticatedError):
        workspace.create(user)


def test_members_list_their_own_keys_and_administrators_all_with_their_makers(workspace: Workspace) -> None:
    boss, one, two = workspace.member("admin"), workspace.member(), workspace.member("reader")
    mine, other = workspace.create(one), workspace.create(two)
    stranger = Workspace(workspace.admin, workspace.database)
    stranger.create(stranger.member("owner"))

    assert [item.id for item in workspace.list(one).items] == [mine.id]
    assert [item.id for item in workspace.list(boss).items] == [other.id, mine.id]
    assert (workspace.list(one).total, workspace.list(boss).total) == (1, 2)
    assert workspace.list(boss).items[0].maker.email == f"{two}@example.com"


def test_the_last_use_is_listed(workspace: Workspace) -> None:
    user = workspace.member()
    key, unused = workspace.create(user), workspace.create(user)
    workspace.call(key)

    shown = {item.id: item.last_used_at for item in workspace.list(user).items}
    assert shown == {key.id: datetime.fromtimestamp(Clock().now, UTC), unused.id: None}


def test_a_revoked_key_opens_nothing_and_sees_nothing_at_once(workspace: Workspace) -> None:
    user = workspace.member()
    key = workspace.create(user)
    workspace.revoke(user, key.id)

    assert workspace.call(key) == {}
    assert workspace.seen(user, key.id) == set()
    assert workspace.list(user).items == []
    with pytest.raises(KeyNotFoundError):
        workspace.revoke(user, key.id)


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("admin", True), ("editor", False), ("reader", False)])
def test_administrators_end_the_keys_of_others(workspace: Workspace, role: str, may: bool) -> None:
    key, other = workspace.create(workspace.member()), workspace.member(role)

    if may:
        workspace.revoke(other, key.id)
    else:
        with pytest.raises(KeyNotFoundError):
            workspace.revoke(other, key.id)
    assert bool(workspace.call(key)) != may


def test_an_administrator_of_another_workspace_ends_nothing(workspace: Workspace) -> None:
    key = workspace.create(workspace.member())
    stranger = Workspace(workspace.admin, workspace.database, workspace.records)

    with pytest.raises(KeyNotFoundError):
        stranger.revoke(stranger.member("owner"), key.id)
    assert workspace.call(key)


def test_an_expired_key_sees_nothing(workspace: Workspace) -> None:
    user = workspace.member()
    key = workspace.create(user, expires_at=datetime.now(UTC) + timedelta(days=1))
    assert workspace.seen(user, key.id)
    workspace.admin.execute("UPDATE api_key SET expires_at = now() - interval '1 second'")

    assert workspace.seen(user, key.id) == set()


def _fails_at_commit(workspace: Workspace) -> None:
    """A constraint that is checked at the end of the transaction, and that no key meets."""
    workspace.admin.execute(
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
           CREATE CONSTRAINT TRIGGER refuses AFTER INSERT OR UPDATE ON api_key
           DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"""
    )


def test_the_record_of_a_key_whose_commit_failed_opens_no_base(workspace: Workspace) -> None:
    user = workspace.member("owner")
    _fails_at_commit(workspace)
    with pytest.raises(DatabaseError):
        workspace.create(user, "admin")

    (left,) = workspace.records.records.values()
    assert workspace.seen(user, left.key_id) == set()
    assert workspace.list(user).items == []


def test_a_key_whose_revocation_was_not_committed_is_dead_and_can_be_revoked_again(workspace: Workspace) -> None:
    user = workspace.member()
    key = workspace.create(user)
    _fails_at_commit(workspace)
    with pytest.raises(DatabaseError):
        workspace.revoke(user, key.id)
    workspace.admin.execute("DROP TRIGGER refuses ON api_key")

    assert workspace.call(key) == {}
    workspace.revoke(user, key.id)
    assert workspace.list(user).items == []


@pytest.mark.parametrize("operation", ["publish", "forget"])
def test_nothing_changes_while_the_records_cannot_be_written(workspace: Workspace, operation: str) -> None:
    user = workspace.member()
    key = workspace.create(user)
    workspace.records.down = [operation]
    change: Callable[[], object] = {
        "publish": lambda: workspace.create(user),
        "forget": lambda: workspace.revoke(user, key.id),
    }[operation]
    with pytest.raises(UpstreamUnavailableError):
        change()

    assert [item.id for item in workspace.list(user).items] == [key.id]
    assert workspace.call(key)


def test_the_keys_of_a_member_who_leaves_end_and_those_elsewhere_stay(workspace: Workspace) -> None:
    user, elsewhere = workspace.member(), Workspace(workspace.admin, workspace.database, workspace.records)
    workspace.admin.execute(
        "INSERT INTO membership (tenant_id, user_id, role) VALUES (%s, %s, 'reader')", (elsewhere.base.tenant_id, user)
    )
    keys, kept, colleague = [workspace.create(user) for _ in range(2)], elsewhere.create(user), workspace.member()
    others = workspace.create(colleague)
    with workspace.of(colleague).transaction() as tx:
        service.end_keys_of(tx, workspace.records.table, user)

    assert [workspace.call(key) for key in keys] == [{}, {}]
    assert [workspace.seen(user, key.id) for key in keys] == [set(), set()]
    assert workspace.call(kept)
    assert workspace.call(others)


def test_a_member_s_new_role_bounds_the_keys_that_there_are(workspace: Workspace) -> None:
    user = workspace.member("admin")
    key, ended = workspace.create(user, "ask", "admin"), workspace.create(user)
    workspace.revoke(user, ended.id)
    with workspace.of(user).transaction() as tx:
        service.change_role_of_keys(tx, workspace.records.table, user, "reader")

    assert workspace.call(key)["roles"] == "reader"
    assert workspace.call(ended) == {}


def test_a_deleted_base_leaves_the_key_with_the_rest(workspace: Workspace) -> None:
    user, second = workspace.member(), Base(workspace.base.tenant_id, UUID(int=9))
    workspace.admin.execute(
        "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model)"
        " VALUES (%s, %s, 'c', 'c', 'm')",
        (second.kb_id, second.tenant_id),
    )
    key = workspace.create(user, bases=[workspace.base.kb_id, second.kb_id])
    workspace.admin.execute("DELETE FROM knowledge_base WHERE id = %s", (second.kb_id,))

    assert workspace.seen(user, key.id) == {workspace.base.kb_id}
