"""POST /api/v1/users/me/password: sets a new password and ends every other session of the caller"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, CurrentCaller, SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.sign_in import LimitsDep, OriginDep
from voicehelper.errors import TooManyRequestsError
from voicehelper.identity import service
from voicehelper.identity.models import PasswordChange
from voicehelper.identity.sessions import SessionRef
from voicehelper.resources import revocation_table

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION])


@router.post(
    "/users/me/password",
    status_code=204,
    summary="Change your password; the other sessions end.",
    responses=errors(service.InvalidCredentialsError, TooManyRequestsError),
)
def change_password(
    change: PasswordChange,
    caller: CurrentCaller,
    database: SystemDatabaseDep,
    origin: OriginDep,
    limits: LimitsDep,
) -> None:
    session = SessionRef(caller.user_id, caller.family_id)
    service.change_password(database, revocation_table(), change, session=session, origin=origin, limits=limits)


handler = lambda_handler(router)
