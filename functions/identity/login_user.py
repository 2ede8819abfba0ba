"""POST /api/v1/auth/login"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.entry.sign_in import LimitsDep, OriginDep
from voicehelper.identity import service
from voicehelper.identity.models import Login, SignedIn
from voicehelper.resources import signing_keys

router = APIRouter(prefix=API_PREFIX)


@router.post("/auth/login")
def login_user(login: Login, database: SystemDatabaseDep, origin: OriginDep, limits: LimitsDep) -> SignedIn:
    return service.sign_in(database, signing_keys(), login, origin=origin, limits=limits)


handler = lambda_handler(router)
