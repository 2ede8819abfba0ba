"""Scopes: the kinds of use that an endpoint asks for, which a member's role allows and a key of theirs has.

``entry/caller.py`` checks them for each request, ``api_keys`` when a key is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Literal, get_args

from voicehelper.errors import ForbiddenError

Scope = Literal["ask", "retrieve", "write", "admin"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
_OF_MEMBERS: Final[frozenset[str]] = frozenset(("ask", "retrieve", "write"))
ADMINISTRATORS: Final = ("owner", "admin")


class ScopeMissingError(ForbiddenError):
    """The caller's role, or the key, does not allow this; ``details`` has the ``scope``."""

    code = "SCOPE_MISSING"


def scopes_of_roles(roles: Iterable[str]) -> frozenset[str]:
    """Every member may write: which bases, the rights on bases say."""
    return _OF_MEMBERS | ({"admin"} if any(role in ADMINISTRATORS for role in roles) else set())


def require_scopes(roles: Iterable[str], wanted: Collection[str]) -> None:
    """ScopeMissingError with those of the scopes that the roles do not allow."""
    if missing := set(wanted) - scopes_of_roles(roles):
        raise ScopeMissingError(details={"scope": " / ".join(sorted(missing))})
