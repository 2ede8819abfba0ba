"""The HTTP API's Lambda authorizer: says who calls; the functions refuse whom it does not know."""

from typing import Any

from voicehelper.identity.authorizer import authorize
from voicehelper.identity.limits import network
from voicehelper.identity_resources import key_reader, revoked_families, verifying_keys
from voicehelper.observability.traces import traced
from voicehelper.settings import check_settings

check_settings()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    # API Gateway writes names in lower case, and `sam local` as they came.
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    origin = network(str(event.get("requestContext", {}).get("http", {}).get("sourceIp", "")))
    with traced("authorize_request"):
        return authorize(headers, origin, keys=verifying_keys(), revocations=revoked_families(), api_keys=key_reader())
