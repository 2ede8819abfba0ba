"""``read_id_token``: an ID token → the person it names, if everything about it is right.

OpenID Connect Core 1.0 §3.1.3.7, https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation. Signatures
are verified although the token comes from the provider itself: a mistaken address must not be enough to be anybody.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt

from voicehelper.identity import names
from voicehelper.identity.oidc.errors import OidcRefusedError
from voicehelper.identity.oidc.provider import Provider, PublicKey, Tokens

MAX_TOKEN_CHARS: Final = 32_768  # providers put groups into it
MAX_SUBJECT_CHARS: Final = 255
LEEWAY_S: Final = 60  # between the clocks of two companies
_REQUIRED: Final = ["iss", "sub", "aud", "exp", "iat"]
_KEY_TYPES: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_USERNAME_CHARS: Final = (3, 32)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs in. Only ``issuer`` and ``subject`` identify; ``email`` is empty unless the provider verified it."""

    issuer: str
    subject: str
    email: str
    username: str


def read_id_token(tokens: Tokens, provider: Provider, *, nonce: str) -> Person:
    """OidcRefusedError for a token of another issuer, client, sign-in or time, and for one that is not well signed.

    Many providers tell the address at another endpoint only, as §5.4 has it.
    """
    try:
        claims = _verified(tokens.id_token, provider)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise OidcRefusedError(f"ID token: {type(error).__name__}: {error}") from error
    _require(_is_equal(claims.get("nonce"), nonce), "another sign-in's nonce")
    _require(_is_for(claims, provider.client.client_id), "meant for another client")
    subject = claims["sub"]
    _require(isinstance(subject, str) and 0 < len(subject) <= MAX_SUBJECT_CHARS and "\0" not in subject, "no subject")
    if claims.get("email") is None:
        stated = {name: value for name, value in claims.items() if value is not None}
        claims = provider.user_info(tokens.access_token, subject=subject) | stated
    email = _verified_email(claims)
    return Person(provider.metadata.issuer, subject, email, _username(claims, email))


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise OidcRefusedError(f"ID token: {otherwise}")


def _verified(token: str, provider: Provider) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise ValueError("too long or not ASCII")
    header, metadata = jwt.get_unverified_header(token), provider.metadata
    algorithm, kind = header.get("alg"), str(header.get("typ", "JWT"))
    if algorithm not in metadata.algorithms:
        raise ValueError(f"algorithm {algorithm!r}")
    # Providers sign other things with the same keys, such as access tokens (at+jwt) and logouts (logout+jwt).
    if kind.lower().removeprefix("application/") != "jwt":
        raise ValueError(f"kind {kind!r}")
    key_id = header.get("kid")
    key = _only(provider.keys(key_id if isinstance(key_id, str) else None), str(algorithm))
    return jwt.decode(
        token,
        jwt.PyJWK(dict(key.material), algorithm=str(algorithm)).key,
        algorithms=[str(algorithm)],
        audience=provider.client.client_id,
        issuer=metadata.issuer,
        leeway=LEEWAY_S,
        options={"require": _REQUIRED},
    )


def _only(keys: list[PublicKey], algorithm: str) -> PublicKey:
    """The one key of the algorithm's type; ValueError for none and for several, of which none is named."""
    kind = _KEY_TYPES[algorithm[:2]]
    fitting = [k for k in keys if k.material["kty"] == kind and k.material.get("alg", algorithm) == algorithm]
    if len(fitting) != 1:
        raise ValueError(f"{len(fitting)} keys fit")
    return fitting[0]


def _is_equal(claim: object, expected: str) -> bool:
    return isinstance(claim, str) and hmac.compare_digest(claim.encode(), expected.encode())


def _is_for(claims: Mapping[str, Any], client_id: str) -> bool:
    """A token for several clients says which of them asked for it, and it is this one."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    return bool(claims.get("azp", None if several else client_id) == client_id)


def _verified_email(claims: Mapping[str, Any]) -> str:
    email = claims.get("email")
    if not isinstance(email, str) or not _is_verified(claims):
        return ""
    folded = names.fold(email)
    return folded if names.is_email(folded) else ""


def _is_verified(claims: Mapping[str, Any]) -> bool:
    """Some providers write the truth value as a string. Microsoft Entra has a claim of its own instead, and no other.

    https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference (xms_edov)
    """
    if "email_verified" in claims:
        return claims["email_verified"] is True or claims["email_verified"] == "true"
    owned = claims.get("xms_edov")
    return isinstance(owned, bool | int | str) and owned in (True, "true", "1")


def _username(claims: Mapping[str, Any], email: str) -> str:
    """The first name of the person's that can be a username, cut to its length; of the address where there is none."""
    least, most = _USERNAME_CHARS
    candidates = [claims.get("name"), claims.get("preferred_username"), claims.get("nickname"), email.partition("@")[0]]
    for candidate in candidates:
        folded = names.fold(candidate)[:most].strip() if isinstance(candidate, str) else ""
        if len(folded) >= least and names.is_visible(folded):
            return folded
    return "user"
