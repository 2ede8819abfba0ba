"""POST /api/v1/auth/logout: ends the sign-in this token belongs to, refresh token included."""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.identity import service
from voicehelper.resources import revocation_table

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.post("/auth/logout", status_code=204, summary="End this session.")
def logout_user(caller: CurrentCaller, database: SystemDatabaseDep) -> None:
    service.sign_out(database, revocation_table(), caller.family_id)


handler = lambda_handler(router)
