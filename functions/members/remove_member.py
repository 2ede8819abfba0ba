"""DELETE /api/v1/members/{user_id}: whoever names themselves leaves"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, DatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity_resources import ends_of_powers
from voicehelper.members import changes
from voicehelper.members.roles import LastOwnerError, RoleMissingError
from voicehelper.members.store import MemberNotFoundError
from voicehelper.shapes.id_types import UserId

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.delete(
    "/members/{user_id}",
    status_code=204,
    summary="Remove a member, or leave; its sessions and keys here end.",
    responses=errors(RoleMissingError, MemberNotFoundError, LastOwnerError),
)
def remove_member(user_id: UserId, caller: CurrentCaller, database: DatabaseDep) -> None:
    changes.remove_member(database, user_id, caller=caller.user_id, ends=ends_of_powers())


handler = lambda_handler(router)
