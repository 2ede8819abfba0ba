"""``CurrentCaller``: who calls, as the authorizer verified it; ``http`` asks before it reads a body.

Separate from ``dependencies``, so that ``http`` does not import the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request

from voicehelper.errors import ForbiddenError, TooManyRequestsError, UnauthenticatedError, UpstreamUnavailableError
from voicehelper.identity.scopes import ADMINISTRATORS, Scope, ScopeMissingError, scopes_of_roles
from voicehelper.shapes.viewer import Viewer

_EDITORS: Final = frozenset((*ADMINISTRATORS, "editor"))


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller as verified by the authorizer; no field is ever taken from the request's body.

    ``scopes`` are those of a key, bounded by its maker's role; ``key_id`` is None for a person, who has a session.
    """

    user_id: UUID
    tenant_id: UUID
    roles: tuple[str, ...]
    family_id: UUID
    scopes: frozenset[str] = scopes_of_roles(())
    key_id: UUID | None = None
    ip: str | None = None

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.user_id, self.key_id, self.ip)


class RequestTokenError(UnauthenticatedError):
    code = "INVALID_TOKEN"


def current_caller(request: Request) -> Caller:
    """The authorizer allows every request and adds the caller, so that refusals have the product's error shape."""
    event = request.scope.get("aws.event", {})
    context = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if context.get("unavailable"):
        raise UpstreamUnavailableError("the authorizer could not read its keys or the revocations")
    if wait_s := context.get("retry_after_s"):
        raise TooManyRequestsError(details={"retry_after_s": int(wait_s)})
    if not context.get("user_id"):
        raise (RequestTokenError if request.headers.get("authorization") else UnauthenticatedError)()
    roles = tuple(str(context.get("roles", "")).split())
    return Caller(
        user_id=UUID(context["user_id"]),
        tenant_id=UUID(context["tenant_id"]),
        roles=roles,
        family_id=UUID(context["family_id"]),
        scopes=_scopes(roles, context.get("scopes")),
        key_id=UUID(context["key_id"]) if context.get("key_id") else None,
        ip=event.get("requestContext", {}).get("http", {}).get("sourceIp"),
    )


def _scopes(roles: tuple[str, ...], of_key: str | None) -> frozenset[str]:
    """What the role allows; of that what the key has, where a key calls."""
    allowed = scopes_of_roles(roles)
    return allowed if of_key is None else allowed & set(of_key.split())


CurrentCaller = Annotated[Caller, Depends(current_caller)]


class SessionNeededError(ForbiddenError):
    """A key calls what only a person may do."""

    code = "SESSION_NEEDED"


def needs(*scopes: Scope) -> Any:
    """A dependency of a router: ScopeMissingError for callers with none of the scopes."""

    def check(caller: CurrentCaller) -> None:
        require_scope(caller, *scopes)

    return Depends(check)


def require_scope(caller: Caller, *scopes: Scope) -> None:
    if caller.scopes.isdisjoint(scopes):
        raise ScopeMissingError(details={"scope": " / ".join(scopes)})


def caller_without_link(request: Request) -> Caller | None:
    """Who opens a file without the link of an answer, as programs do. None where a link says who opens it."""
    if request.query_params.get("token"):
        return None
    caller = current_caller(request)
    require_scope(caller, "retrieve")
    return caller


def _needs_editor(caller: CurrentCaller) -> None:
    if _EDITORS.isdisjoint(caller.roles):
        raise ScopeMissingError(details={"scope": "editor"})


# A dependency of a router: for what changes the workspace, beside single bases.
NEEDS_EDITOR: Final = Depends(_needs_editor)


def _needs_session(caller: CurrentCaller) -> None:
    if caller.key_id is not None:
        raise SessionNeededError


# A dependency of a router: for what a person does in a session, such as making keys.
NEEDS_SESSION: Final = Depends(_needs_session)
