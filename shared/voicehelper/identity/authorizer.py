"""Verifies the bearer token of a request and returns the caller's context, without a database call.

``authorize`` is the entry; ``functions/identity/authorize_request.py`` calls it.
"""

from __future__ import annotations

from typing import Any

from voicehelper.identity.keys import KeyRing
from voicehelper.identity.revocation import RevocationList
from voicehelper.identity.tokens import InvalidTokenError, verify


def authorize(headers: dict[str, str], *, keys: KeyRing, revocations: RevocationList) -> dict[str, Any]:
    """API Gateway's simple response; ``context`` is empty for a caller without a valid token.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return {"isAuthorized": True, "context": {}}
    try:
        claims = verify(keys, token.strip(), "at+jwt")
    except InvalidTokenError:
        return {"isAuthorized": True, "context": {}}
    if revocations.contains(claims.family_id):
        return {"isAuthorized": True, "context": {}}
    context = {
        "user_id": str(claims.subject),
        "tenant_id": str(claims.tenant_id),
        "family_id": str(claims.family_id),
        "roles": " ".join(claims.roles),
    }
    return {"isAuthorized": True, "context": context}
