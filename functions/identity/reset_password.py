"""POST /api/v1/auth/password/reset: sets the password that a mail's link is for, and ends every session"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity import password_reset
from voicehelper.resources import revocation_table

router = APIRouter(prefix=API_PREFIX)


@router.post(
    "/auth/password/reset",
    status_code=204,
    summary="Set a new password by the token of a mail; all sessions end.",
    responses=errors(password_reset.ResetTokenNotFoundError),
)
def reset_password(reset: password_reset.PasswordReset, database: SystemDatabaseDep) -> None:
    password_reset.reset_password(database, revocation_table(), reset)


handler = lambda_handler(router)
