"""``database_token``: what stands in place of a password where the database knows its callers by their IAM role.

Signed offline, valid for 15 minutes, and checked only when a connection opens:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from voicehelper.adapters.aws_call import credential_of, current_region, scope_of, signature_of

_LIFE_S: Final = 900
_SERVICE: Final = "rds-db"


def database_token(*, host: str, port: int, user: str, now: datetime | None = None) -> str:
    """Signature Version 4 in a query, as
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html describes it.
    """
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    scope = scope_of(stamp, current_region(), _SERVICE)
    values = {
        "Action": "connect",
        "DBUser": user,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": credential_of(scope),
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(_LIFE_S),
        "X-Amz-SignedHeaders": "host",
    }
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        values["X-Amz-Security-Token"] = token
    query = "&".join(f"{name}={quote(values[name], safe='-_.~')}" for name in sorted(values))
    request = f"GET\n/\n{query}\nhost:{host}:{port}\n\nhost\n{hashlib.sha256(b'').hexdigest()}"
    return f"{host}:{port}/?{query}&X-Amz-Signature={signature_of(request, stamp, scope)}"
