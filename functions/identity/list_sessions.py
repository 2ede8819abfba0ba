"""GET /api/v1/users/me/sessions: the caller's sign-ins that may still be refreshed, the latest used first"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, DatabaseDep, PageDep
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.identity import store
from voicehelper.identity.models import Session
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.get("/users/me/sessions", summary="Your sessions.")
def list_sessions(page: PageDep, caller: CurrentCaller, database: DatabaseDep) -> Page[Session]:
    with database.transaction() as tx:
        items = store.list_families(
            tx, caller.user_id, current_id=caller.family_id, limit=page.page_size, offset=page.offset
        )
        total = store.count_families(tx, caller.user_id)
    return Page.of(items, total, page)


handler = lambda_handler(router)
