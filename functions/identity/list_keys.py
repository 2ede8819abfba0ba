"""GET /api/v1/keys: the caller's API keys, of administrators those of the workspace, the newest first"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, DatabaseDep, PageDep
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.identity.api_keys import service
from voicehelper.identity.api_keys.models import Key
from voicehelper.identity_resources import key_table
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.get("/keys", summary="Your API keys; of administrators, those of the workspace.")
def list_keys(page: PageDep, caller: CurrentCaller, database: DatabaseDep) -> Page[Key]:
    with database.transaction() as tx:
        return service.list_keys(tx, key_table(), page, user_id=caller.user_id)


handler = lambda_handler(router)
