"""GET /api/v1/workspaces"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, DatabaseDep, PageDep
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.members import own
from voicehelper.members.models import Workspace
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.get(
    "/workspaces",
    summary="The workspaces that you are a member of, and your role in each.",
)
def list_workspaces(page: PageDep, caller: CurrentCaller, database: DatabaseDep) -> Page[Workspace]:
    return own.list_workspaces(database, page, user_id=caller.user_id)


handler = lambda_handler(router)
