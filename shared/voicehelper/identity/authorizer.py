"""From a request's header to the context the functions trust. No database call: a token proves itself."""

from __future__ import annotations

from typing import Any

from voicehelper.identity.keys import KeyRing
from voicehelper.identity.revocation import RevocationList
from voicehelper.identity.tokens import InvalidTokenError, verify


def authorize(headers: dict[str, str], *, keys: KeyRing, revoked: RevocationList) -> dict[str, Any]:
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
    if revoked.holds(claims.family_id):
        return {"isAuthorized": True, "context": {}}
    context = {
        "user_id": str(claims.subject),
        "tenant_id": str(claims.tenant_id),
        "family_id": str(claims.family_id),
        "roles": " ".join(claims.roles),
    }
    return {"isAuthorized": True, "context": context}
