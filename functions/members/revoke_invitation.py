"""DELETE /api/v1/members/invitations/{invitation_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.members import invitations
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.id_types import InvitationId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.delete(
    "/members/invitations/{invitation_id}",
    status_code=204,
    summary="Revoke an invitation that nobody has taken.",
    responses=errors(RoleMissingError, invitations.InvitationNotFoundError),
)
def revoke_invitation(invitation_id: InvitationId, caller: CurrentCaller, database: DatabaseDep) -> None:
    invitations.revoke_invitation(database, invitation_id, caller=caller.user_id)


handler = lambda_handler(router)
