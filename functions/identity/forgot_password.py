"""POST /api/v1/auth/password/forgot: the same answer for every address"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import LanguageDep, SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.mail import SendLaterDep
from voicehelper.entry.sign_in import LimitsDep, OriginDep
from voicehelper.errors import TooManyRequestsError
from voicehelper.identity import password_reset
from voicehelper.settings import settings

router = APIRouter(prefix=API_PREFIX)


@router.post(
    "/auth/password/forgot",
    status_code=202,
    summary="Ask for a mail with a link that sets a new password.",
    responses=errors(TooManyRequestsError, password_reset.PasswordResetUnavailableError),
)
def forgot_password(
    asked: password_reset.ForgottenPassword,
    database: SystemDatabaseDep,
    origin: OriginDep,
    limits: LimitsDep,
    language: LanguageDep,
    send: SendLaterDep,
) -> password_reset.ResetRequested:
    return password_reset.request_reset(
        database,
        asked.email,
        origin=origin,
        limits=limits,
        send=send,
        base_url=settings().public_base_url,
        language=language,
    )


handler = lambda_handler(router)
