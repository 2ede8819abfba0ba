"""From a request's header to the context the functions trust. No database call: a token proves itself."""

from __future__ import annotations

from typing import Any

from voicehelper.identity.keys import KeyRing
from voicehelper.identity.revocation import RevocationList
from voicehelper.identity.tokens import InvalidTokenError, verify


def authorize(headers: dict[str, str], *, keys: KeyRing, revoked: RevocationList) -> dict[str, Any]:
    """API Gateway's simple response; ``context`` is empty for a caller nobody proved.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return {"isAuthorized": True, "context": {}}
    try:
        identity = verify(keys, token.strip(), "at+jwt")
    except InvalidTokenError:
        return {"isAuthorized": True, "context": {}}
    if revoked.holds(identity.family_id):
        return {"isAuthorized": True, "context": {}}
    context = {
        "user_id": str(identity.user_id),
        "tenant_id": str(identity.tenant_id),
        "family_id": str(identity.family_id),
        "roles": " ".join(identity.roles),
    }
    return {"isAuthorized": True, "context": context}
