"""GET /api/v1/groups: for whoever may manage a base, and so may name a group"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_EDITOR, DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.members import groups
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write", "admin"), NEEDS_EDITOR])


@router.get("/groups", summary="The groups of the workspace, by name; for editors and above.")
def list_groups(page: PageDep, database: DatabaseDep) -> Page[groups.Group]:
    return groups.list_groups(database, page)


handler = lambda_handler(router)
