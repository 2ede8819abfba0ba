"""Errors in the shape that the clients of a path read."""

from __future__ import annotations

from typing import Any

import pytest
from voicehelper.protocols.refusals import protocol_of, refusal_body, shown_code

FIELDS = {"fields": [{"field": "messages.3.content", "message": "too long"}, {"field": "n", "message": "x"}]}


@pytest.mark.parametrize(
    ("path", "protocol"),
    [
        ("/v1/models", "openai"), ("/v1", "openai"), ("/v1/no/such", "openai"), ("/mcp", "mcp"), ("/mcp/", "mcp"),
        ("/api/v1/dify/retrieval", "dify"), ("/api/v1/models", "own"), ("/v10/models", "own"), ("/mcpx", "own"),
        ("/", "own"), ("/api/v1/difyx", "own"), ("/V1/models", "own"),
    ],
)  # fmt: skip
def test_a_path_belongs_to_the_protocol_of_its_first_parts(path: str, protocol: str) -> None:
    assert protocol_of(path) == protocol


def test_own_paths_keep_the_products_shape() -> None:
    assert refusal_body("/ready", 503, "DB_ERROR", "away") == {"code": "DB_ERROR", "message": "away"}
    assert refusal_body("/x", 422, "VALIDATION_ERROR", "bad", FIELDS)["details"] == FIELDS


@pytest.mark.parametrize(
    ("status", "code", "kind", "shown"),
    [
        (401, "UNAUTHENTICATED", "invalid_request_error", "invalid_api_key"),
        (401, "INVALID_TOKEN", "invalid_request_error", "invalid_api_key"),
        (404, "KNOWLEDGE_BASE_NOT_FOUND", "invalid_request_error", "model_not_found"),
        (404, "NOT_FOUND", "invalid_request_error", "unknown_url"),
        (405, "METHOD_NOT_ALLOWED", "invalid_request_error", "method_not_allowed"),
        (409, "EMBEDDING_MODEL_MISMATCH", "invalid_request_error", "embedding_model_mismatch"),
        (422, "CONTEXT_TOO_LONG", "invalid_request_error", "context_length_exceeded"),
        (429, "TOO_MANY_REQUESTS", "rate_limit_error", "rate_limit_exceeded"),
        (429, "BUDGET_EXCEEDED", "insufficient_quota", "insufficient_quota"),
        (503, "UPSTREAM_UNAVAILABLE", "server_error", "upstream_unavailable"),
        (500, "INTERNAL_ERROR", "server_error", "internal_error"),
    ],
)  # fmt: skip
def test_an_error_of_openai_has_its_type_and_code(status: int, code: str, kind: str, shown: str) -> None:
    error = refusal_body("/v1/chat/completions", status, code, "a sentence")["error"]

    assert (error["message"], error["type"], error["code"]) == ("a sentence", kind, shown)
    assert set(error) == {"message", "type", "param", "code"}
    assert shown_code("/v1/models", status, code) == shown


def test_an_error_of_openai_names_the_first_wrong_field() -> None:
    error = refusal_body("/v1/embeddings", 422, "VALIDATION_ERROR", "bad", FIELDS)["error"]

    assert error["param"] == "messages[3].content"
    assert error["message"] == "messages[3].content: too long"


def test_an_unknown_base_is_a_wrong_model() -> None:
    assert refusal_body("/v1/embeddings", 404, "KNOWLEDGE_BASE_NOT_FOUND", "x")["error"]["param"] == "model"


@pytest.mark.parametrize(
    ("status", "code", "details", "expected"),
    [
        (401, "UNAUTHENTICATED", None, {"error_code": 1001, "error_msg": "s"}),
        (401, "INVALID_TOKEN", None, {"error_code": 1002, "error_msg": "s"}),
        (404, "KNOWLEDGE_BASE_NOT_FOUND", None, {"error_code": 2001, "error_msg": "s"}),
        (503, "UPSTREAM_UNAVAILABLE", None, {"error_code": 503, "error_msg": "s"}),
        (422, "VALIDATION_ERROR", FIELDS, {"error_code": 422, "error_msg": "messages.3.content: too long"}),
    ],
)  # fmt: skip
def test_an_error_of_dify_has_its_number(
    status: int, code: str, details: dict[str, Any] | None, expected: dict[str, Any]
) -> None:
    assert refusal_body("/api/v1/dify/retrieval", status, code, "s", details) == expected


@pytest.mark.parametrize(("status", "number"), [(401, -32000), (405, -32000), (503, -32603)])
def test_an_error_of_mcp_is_a_response_to_no_request(status: int, number: int) -> None:
    body = refusal_body("/mcp", status, "SOME_CODE", "s")

    assert body == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": number, "message": "s", "data": {"code": "SOME_CODE"}},
    }
