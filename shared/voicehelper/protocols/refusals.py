"""Errors in the shape that the clients of a path read; ``refusal_body`` is the entry of ``entry.http``.

Pure and small, because every function imports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Protocol = Literal["openai", "mcp", "dify", "own"]
_PREFIXES: Final[tuple[tuple[str, Protocol], ...]] = (("/v1", "openai"), ("/mcp", "mcp"), ("/api/v1/dify", "dify"))

# https://platform.openai.com/docs/guides/error-codes; clients decide by some of them. Others are the product's own, in
# OpenAI's spelling.
_OPENAI_CODES: Final = {
    "UNAUTHENTICATED": "invalid_api_key",
    "INVALID_TOKEN": "invalid_api_key",
    "KNOWLEDGE_BASE_NOT_FOUND": "model_not_found",
    "NOT_FOUND": "unknown_url",
    "TOO_MANY_REQUESTS": "rate_limit_exceeded",
    "BUDGET_EXCEEDED": "insufficient_quota",
    "CONTEXT_TOO_LONG": "context_length_exceeded",
    "VALIDATION_ERROR": "invalid_value",
}
# https://docs.dify.ai/en/self-host/use-dify/knowledge/external-knowledge-api; for what it has no number, the status.
_DIFY_CODES: Final = {"UNAUTHENTICATED": 1001, "INVALID_TOKEN": 1002, "KNOWLEDGE_BASE_NOT_FOUND": 2001}
# JSON-RPC: an internal error, and the first of the numbers that are left to implementations.
_RPC_INTERNAL, _RPC_REFUSED = -32603, -32000


def protocol_of(path: str) -> Protocol:
    """Whose clients call a path."""
    return next((name for prefix, name in _PREFIXES if path == prefix or path.startswith(f"{prefix}/")), "own")


def refusal_body(
    path: str, status: int, code: str, message: str, details: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``code`` is the product's, ``message`` its sentence; ``details`` are shown where the shape has a place."""
    match protocol_of(path):
        case "openai":
            return {"error": _openai_error(status, code, message, details)}
        case "dify":
            return {"error_code": _dify_code(status, code), "error_msg": _with_field(message, _field(details))}
        case "mcp":
            data = {"code": code, **({"details": dict(details)} if details else {})}
            number = _RPC_INTERNAL if status >= 500 else _RPC_REFUSED
            return {"jsonrpc": "2.0", "id": None, "error": {"code": number, "message": message, "data": data}}
    return {"code": code, "message": message, **({"details": dict(details)} if details else {})}


def shown_code(path: str, status: int, code: str) -> str:
    """What the clients of a path read in the place of the product's code, as text."""
    match protocol_of(path):
        case "openai":
            return _openai_code(code)
        case "dify":
            return str(_dify_code(status, code))
    return code


def _openai_error(
    status: int, code: str, message: str, details: Mapping[str, Any] | None = None
) -> dict[str, str | None]:
    """{message, type, param, code}; the message names the first field that is wrong."""
    field = _field(details)
    param = _openai_path(field["field"]) if field else ("model" if code == "KNOWLEDGE_BASE_NOT_FOUND" else None)
    sentence = _with_field(message, field and {**field, "field": param or ""})
    return {"message": sentence, "type": _openai_type(status, code), "param": param, "code": _openai_code(code)}


def _openai_code(code: str) -> str:
    return _OPENAI_CODES.get(code, code.lower())


def _dify_code(status: int, code: str) -> int:
    return _DIFY_CODES.get(code, status)


def _openai_type(status: int, code: str) -> str:
    if code == "BUDGET_EXCEEDED":
        return "insufficient_quota"
    if status == 429:
        return "rate_limit_error"
    return "server_error" if status >= 500 else "invalid_request_error"


def _field(details: Mapping[str, Any] | None) -> Mapping[str, str] | None:
    """{field, message} of the first field that is wrong."""
    fields = (details or {}).get("fields")
    return fields[0] if fields else None


def _with_field(message: str, field: Mapping[str, str] | None) -> str:
    return f"{field['field']}: {field['message']}" if field else message


def _openai_path(field: str) -> str:
    """ "messages.0.content" as OpenAI writes it: messages[0].content."""
    first, *rest = field.split(".")
    return first + "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in rest)
