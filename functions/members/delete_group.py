"""DELETE /api/v1/groups/{group_id}: its grants go with it"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.members import groups
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.id_types import GroupId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.delete(
    "/groups/{group_id}",
    status_code=204,
    summary="Delete a group, and what it was granted; for administrators.",
    responses=errors(RoleMissingError, groups.GroupNotFoundError),
)
def delete_group(group_id: GroupId, caller: CurrentCaller, database: DatabaseDep) -> None:
    groups.delete_group(database, group_id, caller=caller.user_id)


handler = lambda_handler(router)
