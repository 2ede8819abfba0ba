"""The workspaces that a person is a member of, and their names.

``list_workspaces`` and ``rename`` serve ``functions/members``. Apart from ``workspaces``, so that a list
does not import what signs tokens.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import NotFoundError
from voicehelper.identity.audit import record
from voicehelper.members.models import Workspace
from voicehelper.members.roles import require_role, role_of
from voicehelper.shapes.pages import Page, PageRequest
from voicehelper.shapes.viewer import Viewer


class WorkspaceNotFoundError(NotFoundError):
    """There is none of this id that has the caller as a member."""

    code = "WORKSPACE_NOT_FOUND"


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


_RENAME: Final = "UPDATE tenant SET name = %(name)s WHERE id = %(tenant_id)s"


def rename(database: Database, workspace_id: UUID, name: str, *, caller: Viewer, current: UUID) -> Workspace:
    """WorkspaceNotFoundError for one that the caller is no member of, RoleMissingError for all but its owners.

    ``current`` is the workspace that the caller's token names.
    """
    with database.transaction(workspace_id, caller) as tx:
        if role_of(tx, caller.user_id) is None:
            raise WorkspaceNotFoundError
        role = require_role(tx, caller.user_id, owner=True)
        tx.run(_RENAME, name=name)
        record(tx, "workspace.renamed", str(workspace_id), name=name)
    return Workspace(id=workspace_id, name=name, role=role, current=workspace_id == current)
