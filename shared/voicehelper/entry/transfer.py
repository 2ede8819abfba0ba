"""How an answer travels: ``ETag`` and 304 for what the client has already, gzip for what is long.

``for_transfer`` is the entry; ``http`` calls it for every response of API Gateway's proxy format. The gateway itself
compresses nothing: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from typing import Any, Final

_LEAST_CHARS: Final = 1_000  # below, the header costs what compression saves
_GZIP_FORMAT: Final = 31  # of zlib: window of 2^15, with the header and trailer of RFC 1952
_LEVEL: Final = 5
_COMPRESSIBLE: Final = ("application/json", "text/html", "text/css", "text/javascript", "text/plain")
# Answers that repeat what the caller sent beside a secret tell its length when compressed (https://breachattack.com).
_SECRETS: Final = ("/api/v1/auth/", "/api/v1/keys", "/api/v1/members/invitations", "/api/v1/webhooks")

Response = dict[str, Any]


def for_transfer(event: Mapping[str, Any], response: Response) -> Response:
    request = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    method = event.get("requestContext", {}).get("http", {}).get("method", "")
    if method == "GET" and response["statusCode"] == 200 and isinstance(response.get("body"), str):
        response = _with_etag(response)
        if _is_known(response["headers"]["etag"], request.get("if-none-match", "")):
            return _not_modified(response)
    accepts = request.get("accept-encoding", "")
    return _compressed(response) if _may_compress(event, response, accepts) else response


def _with_etag(response: Response) -> Response:
    """Weak, as the same content may travel with and without compression: RFC 9110 §8.8.1."""
    headers = response.get("headers", {})
    if "etag" in headers:
        return response
    digest = hashlib.sha256(response["body"].encode()).hexdigest()[:32]
    return response | {"headers": headers | {"etag": f'W/"{digest}"'}}


def _is_known(etag: str, if_none_match: str) -> bool:
    """By weak comparison: RFC 9110 §13.1.2."""
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")[:100]]
    return "*" in known or etag.removeprefix("W/") in known


def _not_modified(response: Response) -> Response:
    headers = {name: value for name, value in response["headers"].items() if not name.startswith("content-")}
    return response | {"statusCode": 304, "headers": headers, "body": "", "isBase64Encoded": False}


def _may_compress(event: Mapping[str, Any], response: Response, accepts: str) -> bool:
    headers = response.get("headers", {})
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return (
        _accepts_gzip(accepts)
        and kind in _COMPRESSIBLE
        and "content-encoding" not in headers
        and not response.get("isBase64Encoded")
        and len(response.get("body") or "") >= _LEAST_CHARS
        and not event.get("rawPath", "").startswith(_SECRETS)
    )


def _accepts_gzip(accepts: str) -> bool:
    """RFC 9110 §12.5.3; a weight of 0 refuses."""
    for coding in accepts.lower().split(",")[:20]:
        name, _, weight = coding.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "").rstrip("0") not in ("q=", "q=0.", "q=.")
    return False


def _compressed(response: Response) -> Response:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_FORMAT)
    packed = packer.compress(response["body"].encode()) + packer.flush()
    headers = response["headers"] | {"content-encoding": "gzip", "vary": "accept-encoding"}
    headers.pop("content-length", None)
    return response | {"body": base64.b64encode(packed).decode(), "isBase64Encoded": True, "headers": headers}
