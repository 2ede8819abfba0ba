"""POST /api/v1/auth/refresh (ID-9)"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import SystemDatabaseDep
from voicehelper.entry.http import lambda_handler
from voicehelper.identity import service
from voicehelper.identity.keys import KEYS
from voicehelper.identity.models import RefreshRequest, TokenPair

router = APIRouter()


@router.post("/auth/refresh")
def refresh_token(request: RefreshRequest, database: SystemDatabaseDep) -> TokenPair:
    return service.refresh(database, KEYS, request.refresh_token)


handler = lambda_handler(router)
