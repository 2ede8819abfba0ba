"""GET /api/v1/users/me"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.identity import store
from voicehelper.identity.models import User

router = APIRouter()


@router.get("/users/me")
def get_me(caller: CurrentCaller, database: DatabaseDep) -> User:
    with database.transaction() as conn:
        return store.get_user(conn, caller.user_id, tenant_id=caller.tenant_id)


handler = lambda_handler(router)
