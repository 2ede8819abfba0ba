"""The shape of an error by the path that was called, as the clients of that path's protocol read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OPENAI = {"UNAUTHENTICATED": "invalid_api_key", "INVALID_TOKEN": "invalid_api_key"}
_DIFY = {"UNAUTHENTICATED": 1001, "INVALID_TOKEN": 1002}


def has_shape(path: str, body: object) -> bool:
    """Whether it is an error as the path shows it."""
    if not isinstance(body, dict):
        return False
    if path == "/v1" or path.startswith("/v1/"):
        return set(body) == {"error"} and set(body["error"]) == {"message", "type", "param", "code"}
    if path == "/mcp" or path.startswith("/mcp/"):
        return set(body) == {"jsonrpc", "id", "error"} and {"code", "message"} <= set(body["error"])
    if path == "/api/v1/dify" or path.startswith("/api/v1/dify/"):
        return set(body) == {"error_code", "error_msg"} and isinstance(body["error_code"], int)
    return set(body) in ({"code", "message"}, {"code", "message", "details"})


def names(path: str, body: Mapping[str, Any], code: str) -> bool:
    """Whether the error, in the shape of the path, is the one that the product calls ``code``: that of a caller."""
    assert has_shape(path, body), body
    if path.startswith("/v1/"):
        return bool(body["error"]["code"] == _OPENAI[code])
    if path == "/mcp":
        return bool(body["error"]["data"]["code"] == code)
    if path.startswith("/api/v1/dify/"):
        return bool(body["error_code"] == _DIFY[code])
    return bool(body["code"] == code)
