"""Groups of a workspace's members, so that a grant on a base is said once for many.

``functions/members`` calls it. Who leaves a group, or whose group is deleted, loses its grants with the next call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from psycopg import errors as pg_errors
from pydantic import AfterValidator, BaseModel, Field

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.errors import ConflictError, NotFoundError
from voicehelper.identity import names
from voicehelper.identity.audit import record
from voicehelper.members.roles import require_role
from voicehelper.members.store import MemberNotFoundError
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import GroupId, UserId
from voicehelper.shapes.ids import new_id, show
from voicehelper.shapes.pages import Page, PageRequest

MOST_MEMBERS: Final = 10_000


class GroupNotFoundError(NotFoundError):
    code = "GROUP_NOT_FOUND"


class GroupNameTakenError(ConflictError):
    code = "GROUP_NAME_TAKEN"


def _group_name(value: str) -> str:
    folded = names.fold(value)
    if not (1 <= len(folded) <= 64 and names.is_visible(folded)):
        raise ValueError("GROUP_NAME_INVALID")
    return folded


class NewGroup(Body):
    name: Annotated[str, AfterValidator(_group_name)]


class GroupMembers(Body):
    """The whole of it: who is not here leaves the group."""

    members: Annotated[list[UserId], Field(max_length=MOST_MEMBERS)]


class Group(BaseModel):
    """``member_count`` counts its members; ``GET /members?group=`` lists them."""

    id: GroupId
    name: str
    member_count: int
    created_at: datetime


_INSERT: Final = """
    INSERT INTO member_group (id, tenant_id, name) VALUES (%(id)s, %(tenant_id)s, %(name)s)
    RETURNING id, name, 0 AS member_count, created_at
"""


def create_group(tenant: TenantDatabase, new: NewGroup, *, caller: UUID) -> Group:
    """GroupNameTakenError for a name that a group of the workspace has."""
    with tenant.transaction() as tx:
        require_role(tx, caller)
        group = _insert(tx, new)
        record(tx, "group.changed", show("group", group.id), change="created")
        return group


def _insert(tx: Transaction, new: NewGroup) -> Group:
    try:
        return tx.all(Group, _INSERT, id=new_id(), name=new.name)[0]
    except pg_errors.UniqueViolation as error:
        raise GroupNameTakenError(new.name) from error


_GROUP: Final = """
    SELECT g.id, g.name, g.created_at,
           (SELECT count(*)::int FROM group_member AS m WHERE m.group_id = g.id AND m.tenant_id = %(tenant_id)s)
             AS member_count
      FROM member_group AS g WHERE g.tenant_id = %(tenant_id)s
"""
_ONE_GROUP: Final = f"{_GROUP} AND g.id = %(id)s"
_GROUPS: Final = f"{_GROUP} ORDER BY g.name, g.id LIMIT %(limit)s OFFSET %(offset)s"
_COUNT_GROUPS: Final = "SELECT count(*) FROM member_group WHERE tenant_id = %(tenant_id)s"


def list_groups(tenant: TenantDatabase, page: PageRequest) -> Page[Group]:
    """By name."""
    with tenant.transaction() as tx:
        items = tx.all(Group, _GROUPS, limit=page.page_size, offset=page.offset)
        return Page.of(items, tx.count(_COUNT_GROUPS), page)


_DELETE: Final = "DELETE FROM member_group WHERE tenant_id = %(tenant_id)s AND id = %(id)s"


def delete_group(tenant: TenantDatabase, group_id: UUID, *, caller: UUID) -> None:
    """Its grants go with it."""
    with tenant.transaction() as tx:
        require_role(tx, caller)
        if not tx.run(_DELETE, id=group_id):
            raise GroupNotFoundError
        record(tx, "group.changed", show("group", group_id), change="deleted")


def set_members(tenant: TenantDatabase, group_id: UUID, members: Sequence[UUID], *, caller: UUID) -> Group:
    """Replace all of them. MemberNotFoundError, and nothing changed, for somebody who is no member of the workspace."""
    with tenant.transaction() as tx:
        require_role(tx, caller)
        _lock(tx, group_id)
        _replace(tx, group_id, sorted(set(members)))
        record(tx, "group.changed", show("group", group_id), change="members", members=len(set(members)))
        return tx.all(Group, _ONE_GROUP, id=group_id)[0]


# Whoever replaces the members of one group at the same time waits here.
_LOCK: Final = "SELECT 1 FROM member_group WHERE tenant_id = %(tenant_id)s AND id = %(id)s FOR UPDATE"


def _lock(tx: Transaction, group_id: UUID) -> None:
    if not tx.run(_LOCK, id=group_id):
        raise GroupNotFoundError


_REMOVE: Final = """
    DELETE FROM group_member
     WHERE tenant_id = %(tenant_id)s AND group_id = %(id)s AND user_id <> ALL(%(members)s::uuid[])
"""
_ADD: Final = """
    INSERT INTO group_member (group_id, tenant_id, user_id)
    SELECT %(id)s, %(tenant_id)s, u.id FROM unnest(%(members)s::uuid[]) AS u (id) ON CONFLICT DO NOTHING
"""


def _replace(tx: Transaction, group_id: UUID, members: Sequence[UUID]) -> None:
    tx.run(_REMOVE, id=group_id, members=members)
    try:
        tx.run(_ADD, id=group_id, members=members)
    except pg_errors.ForeignKeyViolation as error:
        raise MemberNotFoundError from error
