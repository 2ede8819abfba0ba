"""Access and refresh tokens: JWTs (RFC 7519, RFC 8725) that one kind of use alone accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

import jwt

from voicehelper.errors import UnauthenticatedError
from voicehelper.identity.keys import KeyRing
from voicehelper.shapes.ids import new_id

ISSUER: Final = "voicehelper"
AUDIENCE: Final = "voicehelper-api"
ACCESS_LIFE_S: Final = 3600
REFRESH_LIFE_S: Final = 168 * 3600
MAX_TOKEN_CHARS: Final = 4096
_REQUIRED: Final = ["iss", "aud", "sub", "tid", "fid", "iat", "nbf", "exp", "jti"]

TokenType = Literal["at+jwt", "rt+jwt", "file+jwt"]


class InvalidTokenError(UnauthenticatedError):
    code = "INVALID_TOKEN"


@dataclass(frozen=True, slots=True)
class Identity:
    user_id: UUID
    tenant_id: UUID
    family_id: UUID
    roles: tuple[str, ...] = ()


def issue(keys: KeyRing, identity: Identity, kind: TokenType, *, life_s: int, now: int) -> str:
    """A signed token; its header names the key and the kind."""
    key_id, secret = keys.signing()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(identity.user_id),
        "tid": str(identity.tenant_id),
        "fid": str(identity.family_id),
        "roles": list(identity.roles),
        "iat": now,
        "nbf": now,
        "exp": now + life_s,
        "jti": str(new_id()),
    }
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": key_id, "typ": kind})


def verify(keys: KeyRing, token: str, kind: TokenType) -> Identity:
    """The identity inside; InvalidTokenError for anything that is not a living token of this kind.

    Key, algorithm and kind are decided here, never by the token: the header only picks among known keys.
    """
    try:
        claims = _verified_claims(keys, token, kind)
        return Identity(
            user_id=UUID(claims["sub"]),
            tenant_id=UUID(claims["tid"]),
            family_id=UUID(claims["fid"]),
            roles=tuple(str(role) for role in claims.get("roles", ())),
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidTokenError(type(error).__name__) from error


def _verified_claims(keys: KeyRing, token: str, kind: TokenType) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise ValueError("not a token of ours")
    header = jwt.get_unverified_header(token)
    key_id = header.get("kid")
    secret = keys.verifying(key_id) if isinstance(key_id, str) else None
    if secret is None or header.get("typ") != kind:
        raise ValueError("unknown key or wrong kind")
    return jwt.decode(
        token, secret, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER, options={"require": _REQUIRED}
    )
