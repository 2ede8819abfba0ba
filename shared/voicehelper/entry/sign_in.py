"""Dependencies of endpoints that prove a password or choose one: where the request comes from, the stage's limits, and
whether anybody may register.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request

from voicehelper.errors import ForbiddenError
from voicehelper.identity.attempts import Origin
from voicehelper.identity.limits import Limits, limits_of, network
from voicehelper.settings import settings

_MAX_USER_AGENT_CHARS: Final = 256


def request_origin(request: Request) -> Origin:
    """The address is the one that API Gateway saw, never one from a header, which callers can choose."""
    http = request.scope.get("aws.event", {}).get("requestContext", {}).get("http", {})
    return Origin(network(str(http.get("sourceIp", ""))), _user_agent(request))


def _user_agent(request: Request) -> str | None:
    text = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))
    return text.strip()[:_MAX_USER_AGENT_CHARS] or None


def stage_limits() -> Limits:
    return limits_of(settings().stage)


class RegistrationClosedError(ForbiddenError):
    code = "REGISTRATION_CLOSED"


async def require_open_registration(request: Request) -> None:
    """RegistrationClosedError where the deployment's parameter OpenRegistration is no and nobody invited the caller.

    Before a field is checked. Whether the invitation is one, the service says.
    """
    if not settings().open_registration and not await _has_invitation(request):
        raise RegistrationClosedError


async def _has_invitation(request: Request) -> bool:
    try:
        body = await request.json()
    except ValueError:
        return False
    return isinstance(body, dict) and bool(body.get("invitation"))


OriginDep = Annotated[Origin, Depends(request_origin)]
LimitsDep = Annotated[Limits, Depends(stage_limits)]
OpenRegistration: Final = Depends(require_open_registration)
