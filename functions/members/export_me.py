"""GET /api/v1/users/me/export"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, DatabaseDep, LanguageDep, PageDep
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.members import export
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.get(
    "/users/me/export",
    summary="What is kept about you here, in pages.",
)
def export_me(
    page: PageDep, caller: CurrentCaller, database: DatabaseDep, language: LanguageDep
) -> Page[export.Record]:
    return export.export_user(database, page, user_id=caller.user_id, language=language)


handler = lambda_handler(router)
