"""Revisions of the protocol: those that begin with a handshake, and that whose requests carry what they need.

``revision_of`` says which a request is written in; ``negotiate`` answers a handshake.
https://modelcontextprotocol.io/specification/2026-07-28/basic, …/2025-11-25/basic/transports
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final

from voicehelper.protocols.mcp.messages import HEADER_MISMATCH, INVALID_PARAMS, UNSUPPORTED_VERSION, Request, RpcError

HANDSHAKE: Final = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
STATELESS: Final = ("2026-07-28",)
SUPPORTED: Final = (*HANDSHAKE, *STATELESS)
# What a client speaks that names no revision, and the ones that may put several messages into a body.
UNNAMED: Final = "2025-03-26"
BATCHING: Final = ("2024-11-05", "2025-03-26")

VERSION_HEADER: Final = "mcp-protocol-version"
_METHOD_HEADER: Final = "mcp-method"
_NAME_HEADER: Final = "mcp-name"
_VERSION_KEY: Final = "io.modelcontextprotocol/protocolVersion"
_CAPABILITIES_KEY: Final = "io.modelcontextprotocol/clientCapabilities"
_ENCODED: Final = re.compile(r"=\?base64\?([A-Za-z0-9+/=]*)\?=")


def negotiate(requested: object) -> str:
    """The revision of a handshake: the requested one, or else the newest, with which the client may agree."""
    return requested if isinstance(requested, str) and requested in HANDSHAKE else HANDSHAKE[-1]


def revision_of_headers(headers: Mapping[str, str]) -> str:
    """RpcError for one that is not served."""
    named = headers.get(VERSION_HEADER, UNNAMED)
    if named not in SUPPORTED:
        raise unsupported(named)
    return named


def unsupported(requested: str) -> RpcError:
    data = {"supported": list(SUPPORTED), "requested": requested[:100]}
    return RpcError(UNSUPPORTED_VERSION, "Unsupported protocol version", data)


def check_envelope(request: Request, headers: Mapping[str, str]) -> None:
    """RpcError unless a stateless request carries its revision, and its headers say what its body does."""
    meta = request.params.get("_meta")
    if not isinstance(meta, dict):
        raise RpcError(INVALID_PARAMS, "params._meta must carry the protocol version and the client's capabilities")
    if missing := [key for key in (_VERSION_KEY, _CAPABILITIES_KEY) if key not in meta]:
        raise RpcError(INVALID_PARAMS, f"params._meta lacks {', '.join(missing)}")
    _require_equal(VERSION_HEADER, headers.get(VERSION_HEADER), meta[_VERSION_KEY])
    _require_equal(_METHOD_HEADER, headers.get(_METHOD_HEADER), request.method)
    if request.method == "tools/call" and "name" in request.params:
        _require_equal(_NAME_HEADER, _decoded(headers.get(_NAME_HEADER)), request.params["name"])


def is_stateless(request: Request, headers: Mapping[str, str]) -> bool:
    """By the header, or else by the envelope, which then lacks its header."""
    if named := headers.get(VERSION_HEADER):
        return named in STATELESS
    meta = request.params.get("_meta")
    return isinstance(meta, dict) and _VERSION_KEY in meta


def _require_equal(header: str, value: str | None, expected: Any) -> None:
    if value is None or value != expected:
        raise RpcError(HEADER_MISMATCH, f"The header {header} does not say what the body does")


def _decoded(value: str | None) -> str | None:
    """Values that are no token are written =?base64?…?=; None for one that cannot be read."""
    if value is None or not (encoded := _ENCODED.fullmatch(value)):
        return value
    try:
        return base64.b64decode(encoded[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
