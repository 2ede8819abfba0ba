"""Tokens made by hand, so that every part of one can be wrong."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import UUID

import jwt
from voicehelper.identity.tokens import AUDIENCE, ISSUER, Claims

CURRENT, PREVIOUS, OTHER = (bytes([65 + n]) * 64 for n in range(3))
WHO = Claims(UUID(int=1), UUID(int=2), UUID(int=3), ("admin",))


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a valid token with changes; None removes a claim."""
    now = int(time.time())
    valid = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": str(WHO.subject), "tid": str(WHO.tenant_id), "fid": str(WHO.family_id),
        "roles": ["admin"], "iat": now, "nbf": now, "exp": now + 60, "jti": "x",
    }  # fmt: skip
    return {name: value for name, value in (valid | changes).items() if value is not None}


def forged(
    secret: bytes = CURRENT, *, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changes: Any
) -> str:
    """A signed token; without arguments a valid one."""
    return jwt.encode(
        claims(**changes), secret, algorithm=algorithm, headers={"kid": "new", "typ": "at+jwt"} | (headers or {})
    )


def unsigned(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    """Any header, payload and signature, encoded as a token."""
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
