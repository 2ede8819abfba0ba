"""GET /api/v1/auth/oidc/callback: where the identity provider sends the browser back to."""

from fastapi import APIRouter
from voicehelper.entry.dependencies import SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.oidc import ANY_PARAMETERS, FORGETS_ATTEMPT, AnswerDep, AttemptDep
from voicehelper.entry.sign_in import OriginDep
from voicehelper.identity.models import SignedIn
from voicehelper.identity.oidc import errors as oidc
from voicehelper.identity.oidc import flow
from voicehelper.identity_resources import ends_of_powers
from voicehelper.oidc_resources import oidc_provider
from voicehelper.resources import signing_keys
from voicehelper.settings import settings

router = APIRouter(prefix=API_PREFIX, dependencies=[ANY_PARAMETERS, FORGETS_ATTEMPT])


@router.get(
    "/auth/oidc/callback",
    summary="Tokens for a sign-in that the identity provider confirms.",
    responses=errors(
        oidc.OidcNotConfiguredError,
        oidc.OidcStateError,
        oidc.OidcRefusedError,
        oidc.OidcDeniedError,
        oidc.OidcEmailError,
        oidc.OidcAccountNeededError,
        oidc.OidcAccountTakenError,
        oidc.OidcUnavailableError,
    ),
)
def finish_oidc(answer: AnswerDep, attempt: AttemptDep, database: SystemDatabaseDep, origin: OriginDep) -> SignedIn:
    is_open = settings().open_registration
    with flow.explained():
        person = flow.identify(oidc_provider(), attempt, answer)
        return flow.finish(database, signing_keys(), ends_of_powers(), person, origin=origin, open_registration=is_open)


handler = lambda_handler(router)
