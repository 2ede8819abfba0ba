"""Signed tokens: JWTs (RFC 7519, RFC 8725) of several kinds, each accepted for one use only.

``issue`` and ``verify`` are the entries; sign-in and the authorizer call them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

import jwt

from voicehelper.errors import UnauthenticatedError
from voicehelper.identity.keys import KeyRing
from voicehelper.shapes.ids import NOWHERE, new_id

ISSUER: Final = "voicehelper"
AUDIENCE: Final = "voicehelper-api"
ACCESS_LIFE_S: Final = 3600
REFRESH_LIFE_S: Final = 168 * 3600
# After this a user signs in again, however often the session was refreshed.
SESSION_LIFE_S: Final = 30 * 24 * 3600
MAX_TOKEN_CHARS: Final = 4096
_REQUIRED: Final = ["iss", "aud", "sub", "tid", "fid", "iat", "nbf", "exp", "jti"]

TokenKind = Literal["at+jwt", "rt+jwt"]


class InvalidTokenError(UnauthenticatedError):
    code = "INVALID_TOKEN"


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a token; ``subject`` is a user."""

    subject: UUID
    tenant_id: UUID
    family_id: UUID = NOWHERE
    roles: tuple[str, ...] = ()


def issue(keys: KeyRing, claims: Claims, kind: TokenKind, *, life_s: int, now: int) -> str:
    """A signed token; its header names the key and the kind."""
    key_id, secret = keys.signing()
    payload = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(claims.subject),
        "tid": str(claims.tenant_id),
        "fid": str(claims.family_id),
        "roles": list(claims.roles),
        "iat": now,
        "nbf": now,
        "exp": now + life_s,
        "jti": str(new_id()),
    }
    return jwt.encode(payload, secret, algorithm="HS256", headers={"kid": key_id, "typ": kind})


def verify(keys: KeyRing, token: str, kind: TokenKind) -> Claims:
    """The claims of a valid token of this kind; InvalidTokenError for anything else.

    Algorithm and kind are fixed here, and the token's header only selects among known keys.
    """
    try:
        payload = _verified_payload(keys, token, kind)
        return Claims(
            subject=UUID(payload["sub"]),
            tenant_id=UUID(payload["tid"]),
            family_id=UUID(payload["fid"]),
            roles=tuple(str(role) for role in payload.get("roles", ())),
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidTokenError(type(error).__name__) from error


def _verified_payload(keys: KeyRing, token: str, kind: TokenKind) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise ValueError("too long or not ASCII")
    header = jwt.get_unverified_header(token)
    key_id = header.get("kid")
    secret = keys.verifying(key_id) if isinstance(key_id, str) else None
    if secret is None or header.get("typ") != kind:
        raise ValueError("unknown key or wrong kind")
    return jwt.decode(
        token, secret, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER, options={"require": _REQUIRED}
    )
