"""``CurrentCaller``: who calls, as the authorizer verified it; ``http`` asks before it reads a body.

Separate from ``dependencies``, so that ``http`` does not import the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from voicehelper.errors import UnauthenticatedError, UpstreamUnavailableError


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller as verified by the authorizer; no field is ever taken from the request's body."""

    user_id: UUID
    tenant_id: UUID
    roles: tuple[str, ...]
    family_id: UUID


class RequestTokenError(UnauthenticatedError):
    code = "INVALID_TOKEN"


def current_caller(request: Request) -> Caller:
    """The authorizer allows every request and adds the caller, so that refusals have the product's error shape."""
    event = request.scope.get("aws.event", {})
    context = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if context.get("unavailable"):
        raise UpstreamUnavailableError("the authorizer could not read its keys or the revocations")
    if not context.get("user_id"):
        raise (RequestTokenError if request.headers.get("authorization") else UnauthenticatedError)()
    return Caller(
        user_id=UUID(context["user_id"]),
        tenant_id=UUID(context["tenant_id"]),
        roles=tuple(str(context.get("roles", "")).split()),
        family_id=UUID(context["family_id"]),
    )


CurrentCaller = Annotated[Caller, Depends(current_caller)]
