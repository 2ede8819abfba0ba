"""POST /api/v1/auth/register"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.sign_in import LimitsDep, OpenRegistration, OriginDep, RegistrationClosedError
from voicehelper.errors import TooManyRequestsError
from voicehelper.identity.models import Registration, User
from voicehelper.identity.store import EmailTakenError
from voicehelper.members import registration
from voicehelper.members.invitations import InvitationNotFoundError
from voicehelper.members.joining import InvitationForAnotherError

router = APIRouter(prefix=API_PREFIX)


@router.post(
    "/auth/register",
    status_code=201,
    dependencies=[OpenRegistration],
    summary="Make an account, in a new workspace or an invitation's.",
    responses=errors(
        RegistrationClosedError,
        InvitationForAnotherError,
        InvitationNotFoundError,
        EmailTakenError,
        TooManyRequestsError,
    ),
)
def register_user(new: Registration, database: SystemDatabaseDep, origin: OriginDep, limits: LimitsDep) -> User:
    return registration.register(database, new, origin=origin, limits=limits)


handler = lambda_handler(router)
