"""Members of a workspace in PostgreSQL, as they are listed; ``changes`` changes them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.errors import NotFoundError
from voicehelper.identity.models import User
from voicehelper.members.models import Member
from voicehelper.members.roles import require_role
from voicehelper.shapes.pages import Page, PageRequest


class MemberNotFoundError(NotFoundError):
    code = "MEMBER_NOT_FOUND"


# Groups are read for the members of the page alone. Their ids are written as the API shows them.
_MEMBERS: Final = """
    SELECT m.user_id, u.email, u.username, m.role, m.joined_at, m.last_seen_at,
           coalesce((SELECT jsonb_agg(jsonb_build_object('id', 'group-' || g.id, 'name', g.name) ORDER BY g.name)
                       FROM group_member AS gm JOIN member_group AS g ON g.id = gm.group_id
                      WHERE gm.tenant_id = %(tenant_id)s AND gm.user_id = m.user_id), '[]') AS groups
      FROM membership AS m JOIN app_user AS u ON u.id = m.user_id
     WHERE m.tenant_id = %(tenant_id)s
       AND (%(group)s::uuid IS NULL OR EXISTS (
            SELECT FROM group_member AS gm
             WHERE gm.tenant_id = %(tenant_id)s AND gm.user_id = m.user_id AND gm.group_id = %(group)s))
       AND (%(user_id)s::uuid IS NULL OR m.user_id = %(user_id)s)
     ORDER BY m.joined_at, m.user_id
     LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT: Final = """
    SELECT count(*) FROM membership AS m
     WHERE m.tenant_id = %(tenant_id)s
       AND (%(group)s::uuid IS NULL OR EXISTS (
            SELECT FROM group_member AS gm
             WHERE gm.tenant_id = %(tenant_id)s AND gm.user_id = m.user_id AND gm.group_id = %(group)s))
"""


def list_members(tenant: TenantDatabase, page: PageRequest, *, group: UUID | None = None) -> Page[Member]:
    """In the order in which they joined; those of one group where it is named."""
    values = {"group": group, "user_id": None, "limit": page.page_size, "offset": page.offset}
    with tenant.transaction() as tx:
        items = tx.all(Member, _MEMBERS, **values)
        return Page.of(items, tx.count(_COUNT, group=group), page)


def get_member(tx: Transaction, user_id: UUID) -> Member:
    if member := tx.one(Member, _MEMBERS, group=None, user_id=user_id, limit=1, offset=0):
        return member
    raise MemberNotFoundError


_USERS: Final = """
    SELECT u.id, u.email, u.username, u.created_at
      FROM membership AS m JOIN app_user AS u ON u.id = m.user_id
     WHERE m.tenant_id = %(tenant_id)s ORDER BY u.created_at, u.id LIMIT %(limit)s OFFSET %(offset)s
"""


def list_users(tenant: TenantDatabase, page: PageRequest, *, caller: UUID) -> Page[User]:
    """The workspace's users, the oldest account first; for its administrators."""
    with tenant.transaction() as tx:
        require_role(tx, caller)
        items = tx.all(User, _USERS, limit=page.page_size, offset=page.offset)
        return Page.of(items, tx.count(_COUNT, group=None), page)
