"""POST /api/v1/auth/login"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.sign_in import LimitsDep, OriginDep
from voicehelper.errors import TooManyRequestsError
from voicehelper.identity import service
from voicehelper.identity.models import Login, SignedIn
from voicehelper.resources import signing_keys

router = APIRouter(prefix=API_PREFIX)


@router.post(
    "/auth/login",
    summary="Sign in: an access token for an hour, and one that renews it.",
    responses=errors(service.InvalidCredentialsError, TooManyRequestsError),
)
def login_user(login: Login, database: SystemDatabaseDep, origin: OriginDep, limits: LimitsDep) -> SignedIn:
    return service.sign_in(database, signing_keys(), login, origin=origin, limits=limits)


handler = lambda_handler(router)
