"""The HTTP API's Lambda authorizer: says who calls; the functions refuse whom it does not know."""

from typing import Any

from voicehelper.identity.authorizer import authorize
from voicehelper.identity.keys import KEYS
from voicehelper.identity.revocation import REVOKED


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return authorize(event.get("headers") or {}, keys=KEYS, revoked=REVOKED)
