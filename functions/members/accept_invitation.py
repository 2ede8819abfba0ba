"""POST /api/v1/members/invitations/accept: for somebody who has an account"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.members import joining
from voicehelper.members.invitations import AlreadyMemberError, InvitationNotFoundError
from voicehelper.members.models import Acceptance, Workspace

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.post(
    "/members/invitations/accept",
    summary="Join another workspace by an invitation.",
    responses=errors(InvitationNotFoundError, joining.InvitationForAnotherError, AlreadyMemberError),
)
def accept_invitation(acceptance: Acceptance, caller: CurrentCaller, database: SystemDatabaseDep) -> Workspace:
    return joining.accept_invitation(database, acceptance.invitation, user_id=caller.user_id)


handler = lambda_handler(router)
