"""PUT /api/v1/groups/{group_id}/members: replaces all of them at once"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.members import groups
from voicehelper.members.roles import RoleMissingError
from voicehelper.members.store import MemberNotFoundError
from voicehelper.shapes.id_types import GroupId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.put(
    "/groups/{group_id}/members",
    summary="Say who is in a group; who is not named leaves it. For administrators.",
    responses=errors(RoleMissingError, groups.GroupNotFoundError, MemberNotFoundError),
)
def set_group_members(
    group_id: GroupId, wanted: groups.GroupMembers, caller: CurrentCaller, database: DatabaseDep
) -> groups.Group:
    return groups.set_members(database, group_id, wanted.members, caller=caller.user_id)


handler = lambda_handler(router)
