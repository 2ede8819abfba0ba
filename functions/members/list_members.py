"""GET /api/v1/members"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_EDITOR, DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.members import store
from voicehelper.members.models import Member
from voicehelper.shapes.id_types import GroupId
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write", "admin"), NEEDS_EDITOR])


@router.get(
    "/members",
    summary="The members of the workspace or a group; for editors and above.",
)
def list_members(page: PageDep, database: DatabaseDep, group: GroupId | None = None) -> Page[Member]:
    return store.list_members(database, page, group=group)


handler = lambda_handler(router)
