"""Access to a base is read and replaced as a whole, by those who manage it, and for this workspace alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import VoiceHelperError
from voicehelper.index.rights import RIGHTS, Right
from voicehelper.knowledge import store
from voicehelper.knowledge.access import Access, Grant, get_access, put_access
from voicehelper.members import groups
from voicehelper.members.groups import NewGroup
from voicehelper.shapes.viewer import Viewer

from tests.support.workspaces import Workspace


@pytest.fixture
def workspace(admin: psycopg.Connection[Any], database: Database) -> Workspace:
    return Workspace(admin, database)


def restricted(*grants: Grant) -> Access:
    return Access(visibility="restricted", grants=list(grants))


def to(user: UUID, right: Right = "read") -> Grant:
    return Grant(member=user, right=right)


def group_of(workspace: Workspace, owner: UUID, *members: UUID) -> UUID:
    made = groups.create_group(workspace.as_(owner), NewGroup(name=uuid4().hex), caller=owner)
    groups.set_members(workspace.as_(owner), made.id, members, caller=owner)
    return made.id


def sees(workspace: Workspace, user: UUID) -> bool:
    with workspace.as_(user).transaction() as tx:
        return bool(store.count_bases(tx))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(VoiceHelperError) as refused:
        call()
    return refused.value.code


def test_a_new_base_is_open_to_the_workspace_and_grants_nothing_besides(workspace: Workspace) -> None:
    access = get_access(workspace.as_(workspace.member("owner")), workspace.base.kb_id)

    assert access == Access(visibility="workspace", grants=[])


def test_what_was_put_is_read_again_and_replaces_what_was_there(workspace: Workspace) -> None:
    owner, first, second = workspace.member("owner"), workspace.member(), workspace.member("editor")
    group, kb_id = group_of(workspace, owner, second), workspace.base.kb_id
    put_access(workspace.as_(owner), kb_id, restricted(to(first, "manage")))

    put = put_access(
        workspace.as_(owner), kb_id, restricted(to(second, "write"), Grant(group=group, right="read"), to(owner))
    )

    assert {(*grant.grantee, grant.right) for grant in put.grants} == {
        (second, None, "write"),
        (None, group, "read"),
        (owner, None, "read"),
    }
    assert get_access(workspace.as_(owner), kb_id) == put
    assert [sees(workspace, user) for user in (first, second)] == [False, True]


@pytest.mark.parametrize("right", RIGHTS)
def test_who_was_granted_to_manage_it_may_grant_and_others_may_not(workspace: Workspace, right: Right) -> None:
    owner, user, kb_id = workspace.member("owner"), workspace.member(), workspace.base.kb_id
    put_access(workspace.as_(owner), kb_id, restricted(to(user, right)))
    wanted = restricted(to(user, right), to(workspace.member()))

    if right == "manage":
        assert put_access(workspace.as_(user), kb_id, wanted).grants
    else:
        assert code_of(lambda: put_access(workspace.as_(user), kb_id, wanted)) == "RIGHT_MISSING"
        assert code_of(lambda: get_access(workspace.as_(user), kb_id)) == "RIGHT_MISSING"


def test_a_base_that_is_not_seen_is_not_found(workspace: Workspace) -> None:
    owner, outsider, kb_id = workspace.member("owner"), workspace.member("editor"), workspace.base.kb_id
    put_access(workspace.as_(owner), kb_id, restricted())

    for call in (lambda: get_access(workspace.as_(outsider), kb_id), lambda: get_access(workspace.as_(owner), uuid4())):
        assert code_of(call) == "KNOWLEDGE_BASE_NOT_FOUND"


def test_a_base_that_is_being_deleted_is_not_found(workspace: Workspace) -> None:
    owner, kb_id = workspace.member("owner"), workspace.base.kb_id
    workspace.admin.execute("UPDATE knowledge_base SET status = 'deleting' WHERE id = %s", (kb_id,))

    assert code_of(lambda: get_access(workspace.as_(owner), kb_id)) == "KNOWLEDGE_BASE_NOT_FOUND"
    assert code_of(lambda: put_access(workspace.as_(owner), kb_id, restricted())) == "KNOWLEDGE_BASE_NOT_FOUND"


def test_who_makes_a_base_keeps_managing_it_without_a_grant(workspace: Workspace) -> None:
    editor = workspace.member("editor")
    base = workspace.other_base(made_by=editor)

    put_access(workspace.as_(editor), base.kb_id, restricted())

    assert get_access(workspace.as_(editor), base.kb_id) == restricted()


def test_nothing_changes_where_one_grantee_is_not_of_this_workspace(
    workspace: Workspace, admin: psycopg.Connection[Any], database: Database
) -> None:
    owner, user, kb_id = workspace.member("owner"), workspace.member(), workspace.base.kb_id
    other = Workspace(admin, database)
    stranger = other.member("owner")
    before = put_access(workspace.as_(owner), kb_id, restricted(to(user)))

    for grant in (to(stranger), to(uuid4()), Grant(group=group_of(other, stranger), right="read")):
        wanted = Access(visibility="workspace", grants=[to(user, "write"), grant])
        assert code_of(lambda wanted=wanted: put_access(workspace.as_(owner), kb_id, wanted)) == "GRANTEE_NOT_FOUND"  # type: ignore[misc]

    assert get_access(workspace.as_(owner), kb_id) == before


def test_grants_of_other_bases_stay(workspace: Workspace) -> None:
    owner, user = workspace.member("owner"), workspace.member()
    other = workspace.other_base()
    put_access(workspace.as_(owner), other.kb_id, restricted(to(user, "write")))

    put_access(workspace.as_(owner), workspace.base.kb_id, restricted())

    assert get_access(workspace.as_(owner), other.kb_id).grants == [to(user, "write")]


def test_a_group_that_is_deleted_takes_its_grants_along(workspace: Workspace) -> None:
    owner, user, kb_id = workspace.member("owner"), workspace.member(), workspace.base.kb_id
    group = group_of(workspace, owner, user)
    put_access(workspace.as_(owner), kb_id, restricted(Grant(group=group, right="read")))
    before = sees(workspace, user)

    groups.delete_group(workspace.as_(owner), group, caller=owner)

    assert (before, sees(workspace, user)) == (True, False)
    assert get_access(workspace.as_(owner), kb_id).grants == []


def test_of_several_changes_at_once_one_stands_whole(workspace: Workspace, database_url: str) -> None:
    owner, kb_id = workspace.member("owner"), workspace.base.kb_id
    sets = [restricted(*(to(workspace.member()) for _ in range(5))) for _ in range(4)]

    def put(wanted: Access) -> None:
        own = Database(lambda: database_url)
        put_access(TenantDatabase(own, workspace.tenant_id, Viewer(owner)), kb_id, wanted)
        own.close()

    threads = [threading.Thread(target=put, args=(wanted,)) for wanted in sets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    left = {grant.member for grant in get_access(workspace.as_(owner), kb_id).grants}
    assert left in [{grant.member for grant in wanted.grants} for wanted in sets]
