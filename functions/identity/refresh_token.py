"""POST /api/v1/auth/refresh"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity import service
from voicehelper.identity.models import RefreshRequest, TokenPair
from voicehelper.identity.tokens import InvalidTokenError
from voicehelper.resources import revocation_table, signing_keys

router = APIRouter(prefix=API_PREFIX)


@router.post(
    "/auth/refresh", summary="New tokens for a refresh token, which ends.", responses=errors(InvalidTokenError)
)
def refresh_token(request: RefreshRequest, database: SystemDatabaseDep) -> TokenPair:
    return service.refresh(database, signing_keys(), revocation_table(), request.refresh_token)


handler = lambda_handler(router)
