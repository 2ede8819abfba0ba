"""Sign-in with an identity provider over HTTP: the browser's cookie, the provider's answer, and what goes back.

``functions/identity/start_oidc.py`` and ``finish_oidc.py`` call it.
"""

from __future__ import annotations

import time
from typing import Annotated, Final

from fastapi import Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from voicehelper.entry.http import any_parameters
from voicehelper.identity.oidc import flow
from voicehelper.identity.oidc.attempt import LIFE_S, Attempt
from voicehelper.identity.oidc.errors import OidcStateError
from voicehelper.identity.oidc.provider import Provider
from voicehelper.settings import settings

# The prefix keeps other hosts of the domain from setting it: RFC 6265bis §4.1.3.2. Without https there is none.
_SECURE_COOKIE: Final = "__Host-voicehelper-oidc"
_PLAIN_COOKIE: Final = "voicehelper-oidc"
_MAX_CHARS: Final = 4096  # of a code, which some providers encrypt a session into
_ONCE: Final = ("state", "code", "error", "iss")


def leave_for(provider: Provider) -> Response:
    """A redirect to the provider, with the attempt as a cookie that no script reads."""
    attempt = Attempt.new(int(time.time()))
    response = RedirectResponse(flow.begin(provider, attempt), status_code=302)
    _set_cookie(response, attempt.cookie, max_age=LIFE_S)
    return response


def forget_attempt(response: Response) -> None:
    """A dependency: an attempt that has succeeded is over."""
    _set_cookie(response, "", max_age=0)


def _set_cookie(response: Response, value: str, *, max_age: int) -> None:
    """Lax, as the provider's redirect comes from another site."""
    secure = _is_secure()
    name = _SECURE_COOKIE if secure else _PLAIN_COOKIE
    response.set_cookie(name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax")


def _is_secure() -> bool:
    return settings().public_base_url.startswith("https:")


def browser_attempt(request: Request) -> Attempt | None:
    """None where the browser began no sign-in, or too long ago."""
    value = request.cookies.get(_SECURE_COOKIE if _is_secure() else _PLAIN_COOKIE, "")
    return Attempt.from_cookie(value, now=int(time.time()))


def provider_answer(
    request: Request,
    state: Annotated[str, Query(max_length=_MAX_CHARS)] = "",
    code: Annotated[str, Query(max_length=_MAX_CHARS)] = "",
    error: Annotated[str, Query(max_length=_MAX_CHARS)] = "",
    iss: Annotated[str, Query(max_length=_MAX_CHARS)] = "",
) -> flow.Answer:
    """OidcStateError for a parameter that comes twice, which no provider sends: RFC 6749 §3.1."""
    if any(len(request.query_params.getlist(name)) > 1 for name in _ONCE):
        raise OidcStateError("a parameter comes twice")
    return flow.Answer(state=state, code=code, error=error, issuer=iss)


AttemptDep = Annotated[Attempt | None, Depends(browser_attempt)]
AnswerDep = Annotated[flow.Answer, Depends(provider_answer)]
ANY_PARAMETERS: Final = Depends(any_parameters)
FORGETS_ATTEMPT: Final = Depends(forget_attempt)
