"""The HTTP API's Lambda authorizer: says who calls; the functions refuse whom it does not know."""

from typing import Any

from voicehelper.identity.authorizer import authorize
from voicehelper.resources import revoked_families, verifying_keys
from voicehelper.settings import check_settings

check_settings()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return authorize(event.get("headers") or {}, keys=verifying_keys(), revocations=revoked_families())
