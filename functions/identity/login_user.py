"""POST /api/v1/auth/login (S3)"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import SystemDatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.identity import service
from voicehelper.identity.keys import KEYS
from voicehelper.identity.models import Login, SignedIn

router = APIRouter()


@router.post("/auth/login")
def login_user(login: Login, database: SystemDatabaseDep) -> SignedIn:
    return service.sign_in(database, KEYS, login)


handler = lambda_handler(router)
