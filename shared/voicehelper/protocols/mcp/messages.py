"""JSON-RPC 2.0 messages: ``parse`` reads a body, ``RpcError`` is what a request may fail with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from voicehelper.shapes.bodies import is_storable

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
HEADER_MISMATCH: Final = -32020
UNSUPPORTED_VERSION: Final = -32022

RequestId = str | int


class RpcError(Exception):
    """A request that cannot be served; not one of the product's errors, which tools tell in words."""

    def __init__(self, code: int, message: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


@dataclass(frozen=True, slots=True)
class Request:
    """``id`` is None for a notification, which is not answered."""

    id: RequestId | None
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Response:
    """A client's answer to a request of the server, of which there is none."""


Message = Request | Response | RpcError


def decode(body: bytes) -> Any:
    """The JSON of a body; RpcError for what is none, or holds what JSON does not have, such as NaN."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RpcError(PARSE_ERROR, "Parse error: the body is not JSON") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def message_of(value: Any) -> Message:
    """A request, a notification or a response; an error, to be answered without an id, for anything else."""
    if not isinstance(value, dict) or value.get("jsonrpc") != "2.0":
        return RpcError(INVALID_REQUEST, "Invalid request: a JSON-RPC 2.0 object is expected")
    if "method" not in value:
        return Response() if "result" in value or "error" in value else _invalid("method")
    method, params = value["method"], value.get("params")
    if not isinstance(method, str):
        return _invalid("method")
    if "id" in value and not _is_id(value["id"]):
        return _invalid("id")
    if params is not None and not isinstance(params, dict):
        return _invalid("params")
    return Request(value.get("id"), method, params or {})


def _is_id(value: object) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number or (isinstance(value, str) and is_storable(value))


def _invalid(field_name: str) -> RpcError:
    return RpcError(INVALID_REQUEST, f"Invalid request: {field_name}")


def result(request_id: RequestId, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request_id, "result": dict(value)}


def failure(request_id: RequestId | None, error: RpcError) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data:
        shown["data"] = dict(error.data)
    return {"jsonrpc": "2.0", "id": request_id, "error": shown}
