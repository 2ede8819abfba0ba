"""PATCH /api/v1/workspaces/{workspace_id}: another name; for its owners"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.members import own
from voicehelper.members.models import Workspace, WorkspaceChange
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.id_types import WorkspaceId

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.patch(
    "/workspaces/{workspace_id}",
    summary="Give a workspace that you own another name.",
    responses=errors(RoleMissingError, own.WorkspaceNotFoundError),
)
def update_workspace(
    workspace_id: WorkspaceId, change: WorkspaceChange, caller: CurrentCaller, database: SystemDatabaseDep
) -> Workspace:
    return own.rename(database, workspace_id, change.name, caller=caller.viewer, current=caller.tenant_id)


handler = lambda_handler(router)
