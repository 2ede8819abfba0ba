"""HEAD is a GET whose body stays here (RFC 9110 §9.3.2); ``http`` calls ``as_get`` before it, ``headers_only`` after.

An endpoint that reads has a route for any method in the template, because HEAD as a route of its own would cost another
resource for each; what it does not take, its function refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_head(event: Mapping[str, Any]) -> bool:
    return bool(event.get("requestContext", {}).get("http", {}).get("method") == "HEAD")


def as_get(event: dict[str, Any]) -> dict[str, Any]:
    """The same call with GET in place of HEAD; any other as it is."""
    if not is_head(event):
        return event
    context = event["requestContext"]
    return event | {"requestContext": context | {"http": context["http"] | {"method": "GET"}}}


def headers_only(response: dict[str, Any]) -> dict[str, Any]:
    """Without the length, which is the gateway's to set: it would be that of a body that nobody sends."""
    headers = {name: value for name, value in response["headers"].items() if name != "content-length"}
    return response | {"headers": headers, "body": "", "isBase64Encoded": False}
