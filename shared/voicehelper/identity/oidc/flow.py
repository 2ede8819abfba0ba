"""The two requests of a sign-in with an identity provider: ``begin`` sends the browser there, ``finish`` takes it back.

``entry/oidc.py`` carries their values to and from HTTP.
OpenID Connect Core 1.0 §3.1, with PKCE (RFC 7636) and the issuer in answers (RFC 9207).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from voicehelper.adapters.database import Database
from voicehelper.identity import service
from voicehelper.identity.attempts import Origin
from voicehelper.identity.ends import Ends
from voicehelper.identity.keys import KeyRing
from voicehelper.identity.models import SignedIn
from voicehelper.identity.oidc.accounts import account_of
from voicehelper.identity.oidc.attempt import Attempt
from voicehelper.identity.oidc.errors import OidcDeniedError, OidcRefusedError, OidcStateError, OidcUnavailableError
from voicehelper.identity.oidc.id_token import Person, read_id_token
from voicehelper.identity.oidc.provider import Provider
from voicehelper.observability.logs import logger

_SCOPE: Final = "openid email profile"
_DENIED: Final = frozenset(("access_denied", "consent_required", "account_selection_required"))
_MAX_REASON_CHARS: Final = 300  # parts of it come from outside
_PASSING: Final = frozenset(("server_error", "temporarily_unavailable"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sent the browser back with; what it did not send is empty."""

    state: str
    code: str = ""
    error: str = ""
    issuer: str = ""


def begin(provider: Provider, attempt: Attempt) -> str:
    """The address at the provider to which the browser goes."""
    fields = {
        "response_type": "code",
        "client_id": provider.client.client_id,
        "redirect_uri": provider.client.redirect_uri,
        "scope": _SCOPE,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    endpoint = provider.metadata.authorization_endpoint
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(fields)}"


def finish(
    database: Database,
    keys: KeyRing,
    ends: Ends,
    person: Person,
    *,
    origin: Origin,
    open_registration: bool,
) -> SignedIn:
    """A session in the person's account, as signing in with a password gives one; the errors of ``account_of``."""
    account = account_of(database, ends, person, open_registration=open_registration)
    try:
        return service.open_session(database, keys, account, origin=origin)
    except service.InvalidCredentialsError as error:
        raise OidcRefusedError("the password was changed meanwhile") from error


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Logs why a sign-in is refused: the person cannot be told, and whoever registered the provider must know."""
    try:
        yield
    except OidcRefusedError as error:
        logger().info("sign-in with the provider refused", extra={"reason": str(error)[:_MAX_REASON_CHARS]})
        raise


def identify(provider: Provider, attempt: Attempt | None, answer: Answer) -> Person:
    """Who the provider says the browser's user is.

    State first: what another site made the browser send is not even shown to the provider.
    """
    if attempt is None or not attempt.is_answered_by(answer.state):
        raise OidcStateError
    _require_issuer(provider, answer)
    _require_agreement(answer)
    tokens = provider.redeem(answer.code, verifier=attempt.verifier)
    return read_id_token(tokens, provider, nonce=attempt.nonce)


def _require_issuer(provider: Provider, answer: Answer) -> None:
    """An answer of another provider is refused, so that its code does not reach this one."""
    metadata = provider.metadata
    if answer.issuer != metadata.issuer and (answer.issuer or metadata.names_itself):
        raise OidcRefusedError("the answer is another issuer's")


def _require_agreement(answer: Answer) -> None:
    if answer.error in _DENIED:
        raise OidcDeniedError
    if answer.error in _PASSING:
        raise OidcUnavailableError(f"the provider answers {answer.error}")
    if answer.error or not answer.code:
        raise OidcRefusedError(f"the provider answers {answer.error[:100]!r}")
