"""Groups are made, filled and deleted by administrators, and hold members of their own workspace alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.members import groups, store
from voicehelper.members.groups import Group, NewGroup
from voicehelper.shapes.pages import PageRequest

from tests.integration.identity.conftest import outcome
from tests.support.workspaces import Workspace

PAGE = PageRequest(page=1, page_size=50)


@pytest.fixture
def workspace(admin: psycopg.Connection[Any], database: Database) -> Workspace:
    return Workspace(admin, database)


def make(workspace: Workspace, caller: UUID, name: str = "Einkauf") -> Group:
    return groups.create_group(workspace.as_(caller), NewGroup(name=name), caller=caller)


def listed(workspace: Workspace, caller: UUID) -> list[tuple[str, int]]:
    return [(group.name, group.member_count) for group in groups.list_groups(workspace.as_(caller), PAGE).items]


def of_group(workspace: Workspace, caller: UUID, group: Group) -> set[UUID]:
    page = store.list_members(workspace.as_(caller), PAGE, group=group.id)
    assert page.total == len(page.items)
    return {member.user_id for member in page.items}


def test_a_group_holds_those_who_were_named_last(workspace: Workspace) -> None:
    admin, anna, ben = workspace.member("admin"), workspace.member(), workspace.member("editor")
    group = make(workspace, admin, "法务部")

    groups.set_members(workspace.as_(admin), group.id, [anna, ben, anna], caller=admin)
    both = of_group(workspace, admin, group)
    changed = groups.set_members(workspace.as_(admin), group.id, [ben, admin], caller=admin)

    assert both == {anna, ben}
    assert of_group(workspace, admin, group) == {ben, admin}
    assert (changed.name, changed.member_count) == ("法务部", 2)
    assert listed(workspace, admin) == [("法务部", 2)]


def test_an_empty_set_empties_the_group(workspace: Workspace) -> None:
    owner = workspace.member("owner")
    group = make(workspace, owner)
    groups.set_members(workspace.as_(owner), group.id, [owner], caller=owner)

    assert groups.set_members(workspace.as_(owner), group.id, [], caller=owner).member_count == 0


def test_a_member_shows_the_groups_by_name(workspace: Workspace) -> None:
    owner = workspace.member("owner")
    for name in ("Vertrieb", "Archiv"):
        groups.set_members(workspace.as_(owner), make(workspace, owner, name).id, [owner], caller=owner)

    [member] = store.list_members(workspace.as_(owner), PAGE).items

    assert [group.name for group in member.groups] == ["Archiv", "Vertrieb"]


def test_two_groups_of_a_workspace_have_two_names(
    workspace: Workspace, admin: psycopg.Connection[Any], database: Database
) -> None:
    owner, other = workspace.member("owner"), Workspace(admin, database)
    make(workspace, owner, "Ａ組")

    assert outcome(lambda: make(workspace, owner, " A組 ")) == "GROUP_NAME_TAKEN"
    assert outcome(lambda: make(other, other.member("owner"), "A組")) == "ok"


def test_nobody_from_elsewhere_joins_a_group(
    workspace: Workspace, admin: psycopg.Connection[Any], database: Database
) -> None:
    owner = workspace.member("owner")
    group = make(workspace, owner)
    groups.set_members(workspace.as_(owner), group.id, [owner], caller=owner)

    for stranger in (Workspace(admin, database).member("owner"), uuid4()):
        put: Callable[[], object] = lambda who=stranger: groups.set_members(  # type: ignore[misc]  # noqa: E731
            workspace.as_(owner), group.id, [who], caller=owner
        )
        assert outcome(put) == "MEMBER_NOT_FOUND"

    assert of_group(workspace, owner, group) == {owner}


def test_groups_of_other_workspaces_are_not_found(
    workspace: Workspace, admin: psycopg.Connection[Any], database: Database
) -> None:
    owner, other = workspace.member("owner"), Workspace(admin, database)
    stranger = other.member("owner")
    group = make(workspace, owner)

    for call in (
        lambda: groups.set_members(other.as_(stranger), group.id, [], caller=stranger),
        lambda: groups.delete_group(other.as_(stranger), group.id, caller=stranger),
    ):
        assert outcome(call) == "GROUP_NOT_FOUND"
    assert listed(other, stranger) == []
    assert listed(workspace, owner) == [("Einkauf", 0)]


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_only_administrators_change_groups_whatever_their_token_says(workspace: Workspace, role: str) -> None:
    owner, user = workspace.member("owner"), workspace.member(role)
    group = make(workspace, owner)

    for call in (
        lambda: make(workspace, user, "mine"),
        lambda: groups.set_members(workspace.as_(user), group.id, [user], caller=user),
        lambda: groups.delete_group(workspace.as_(user), group.id, caller=user),
    ):
        assert outcome(call) == "ROLE_MISSING"


def test_who_leaves_the_workspace_leaves_its_groups(workspace: Workspace) -> None:
    owner, user = workspace.member("owner"), workspace.member()
    group = make(workspace, owner)
    groups.set_members(workspace.as_(owner), group.id, [owner, user], caller=owner)

    workspace.admin.execute("DELETE FROM membership WHERE user_id = %s", (user,))

    assert listed(workspace, owner) == [("Einkauf", 1)]
