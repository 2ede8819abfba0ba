"""The workspaces that a person is a member of.

``functions/members/list_workspaces.py`` calls it. Apart from ``workspaces``, so that a list
does not import what signs tokens.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase
from voicehelper.members.models import Workspace
from voicehelper.shapes.pages import Page, PageRequest

_WORKSPACES: Final = """
    SELECT t.id, t.name, m.role, t.id = %(tenant_id)s AS current
      FROM membership AS m JOIN tenant AS t ON t.id = m.tenant_id
     WHERE m.user_id = %(user_id)s ORDER BY m.joined_at, t.id LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT: Final = "SELECT count(*) FROM membership WHERE user_id = %(user_id)s"


def list_workspaces(tenant: TenantDatabase, page: PageRequest, *, user_id: UUID) -> Page[Workspace]:
    """In the order in which the user joined them."""
    with tenant.transaction() as tx:
        items = tx.all(Workspace, _WORKSPACES, user_id=user_id, limit=page.page_size, offset=page.offset)
        return Page.of(items, tx.count(_COUNT, user_id=user_id), page)
