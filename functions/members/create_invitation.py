"""POST /api/v1/members/invitations: the link is shown once"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.members import invitations
from voicehelper.members.roles import RoleMissingError
from voicehelper.settings import settings

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.post(
    "/members/invitations",
    status_code=201,
    summary="Invite somebody to the workspace; the link is shown once.",
    responses=errors(RoleMissingError, KnowledgeBaseNotFoundError, invitations.AlreadyMemberError),
)
def create_invitation(
    new: invitations.NewInvitation, caller: CurrentCaller, database: DatabaseDep
) -> invitations.InvitationLink:
    return invitations.invite(database, new, caller=caller.user_id, base_url=settings().public_base_url)


handler = lambda_handler(router)
