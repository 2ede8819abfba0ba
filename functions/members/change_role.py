"""PATCH /api/v1/members/{user_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, DatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity_resources import ends_of_powers
from voicehelper.members import changes
from voicehelper.members.models import Member, RoleChange
from voicehelper.members.roles import LastOwnerError, RoleMissingError
from voicehelper.members.store import MemberNotFoundError
from voicehelper.shapes.id_types import UserId

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.patch(
    "/members/{user_id}",
    summary="Give a member another role; its sessions here end.",
    responses=errors(RoleMissingError, MemberNotFoundError, LastOwnerError),
)
def change_role(user_id: UserId, change: RoleChange, caller: CurrentCaller, database: DatabaseDep) -> Member:
    return changes.change_role(database, user_id, change.role, caller=caller.user_id, ends=ends_of_powers())


handler = lambda_handler(router)
