"""GET /api/v1/users"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity.models import User
from voicehelper.members import store
from voicehelper.members.roles import RoleMissingError
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.get(
    "/users",
    summary="The users of the workspace, the oldest first; for administrators.",
    responses=errors(RoleMissingError),
)
def list_users(page: PageDep, caller: CurrentCaller, database: DatabaseDep) -> Page[User]:
    return store.list_users(database, page, caller=caller.user_id)


handler = lambda_handler(router)
