"""GET /api/v1/auth/oidc/start"""

from fastapi import APIRouter, Response
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.oidc import leave_for
from voicehelper.identity.oidc.errors import OidcNotConfiguredError, OidcUnavailableError
from voicehelper.oidc_resources import oidc_provider

router = APIRouter(prefix=API_PREFIX)


@router.get(
    "/auth/oidc/start",
    status_code=302,
    response_class=Response,
    summary="Go to the identity provider to sign in there.",
    responses=errors(OidcNotConfiguredError, OidcUnavailableError),
)
def start_oidc() -> Response:
    return leave_for(oidc_provider())


handler = lambda_handler(router)
