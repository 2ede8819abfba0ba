"""GET /api/v1/users/me"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.identity import store
from voicehelper.identity.models import User

router = APIRouter(prefix=API_PREFIX)


@router.get("/users/me", summary="The signed-in user.")
def get_me(caller: CurrentCaller, database: DatabaseDep) -> User:
    with database.transaction() as tx:
        return store.get_user(tx, caller.user_id)


handler = lambda_handler(router)
