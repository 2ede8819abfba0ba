"""POST /api/v1/groups"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.members import groups
from voicehelper.members.roles import RoleMissingError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.post(
    "/groups",
    status_code=201,
    summary="Make a group of members; for administrators.",
    responses=errors(RoleMissingError, groups.GroupNameTakenError),
)
def create_group(new: groups.NewGroup, caller: CurrentCaller, database: DatabaseDep) -> groups.Group:
    return groups.create_group(database, new, caller=caller.user_id)


handler = lambda_handler(router)
