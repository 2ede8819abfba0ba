"""Verifies the bearer token or the key of a request and returns the caller's context, without a database call.

``authorize`` is the entry; ``functions/identity/authorize_request.py`` calls it. It always answers before its gateway
gives up after ten seconds, given keys, revocations and records of API keys that are
fetched with little patience.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity.api_keys.reader import KeyReader
from voicehelper.identity.api_keys.secret import MARK
from voicehelper.identity.keys import KeyRing
from voicehelper.identity.revocation import RevocationList
from voicehelper.identity.tokens import Claims, InvalidTokenError, verify


def authorize(
    headers: dict[str, str], network: str, *, keys: KeyRing, revocations: RevocationList, api_keys: KeyReader
) -> dict[str, Any]:
    """API Gateway's simple response; ``context`` is empty for a caller without a valid token or key.

    Where keys, revocations or records cannot be read, it says so, and the function answers 503. ``network`` is where
    the request comes from, by which wrong keys are counted.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return _allowed({})
    token = token.strip(" \t")  # what HTTP calls white space; with anything else around it, it is another token
    try:
        if token.startswith(MARK):
            return _allowed(api_keys.context(token, network=network))
        claims = _verified(token, keys, revocations)
        return _allowed({} if revocations.contains(claims.family_id) else _context(claims))
    except InvalidTokenError:
        return _allowed({})
    except UpstreamUnavailableError:
        return _allowed({"unavailable": "true"})


def _verified(token: str, keys: KeyRing, revocations: RevocationList) -> Claims:
    """Revocations that are due are fetched while the keys are, and are there afterwards."""
    if not revocations.is_due():
        return verify(keys, token, "at+jwt")
    with ThreadPoolExecutor(1) as pool:
        fetched = pool.submit(revocations.families)
        claims = verify(keys, token, "at+jwt")
        fetched.result()
    return claims


def _context(claims: Claims) -> dict[str, str]:
    return {
        "user_id": str(claims.subject),
        "tenant_id": str(claims.tenant_id),
        "family_id": str(claims.family_id),
        "roles": " ".join(claims.roles),
    }


def _allowed(context: dict[str, str]) -> dict[str, Any]:
    return {"isAuthorized": True, "context": context}
