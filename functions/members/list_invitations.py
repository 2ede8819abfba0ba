"""GET /api/v1/members/invitations"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.members import invitations
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.get(
    "/members/invitations",
    summary="Invitations that may still be taken, newest first.",
    responses=errors(RoleMissingError),
)
def list_invitations(page: PageDep, caller: CurrentCaller, database: DatabaseDep) -> Page[invitations.Invitation]:
    return invitations.list_invitations(database, page, caller=caller.user_id)


handler = lambda_handler(router)
