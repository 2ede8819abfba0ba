"""One POST of the protocol, in each of its revisions, with a tool that needs nothing."""

from __future__ import annotations

import json
from typing import Annotated, Any

import mcp_types
import pytest
from pydantic import BaseModel, Field
from voicehelper.errors import NotFoundError, UpstreamUnavailableError
from voicehelper.protocols.mcp.endpoint import MOST_MESSAGES, Reply, serve
from voicehelper.protocols.mcp.methods import Server
from voicehelper.protocols.mcp.tools import McpTool, ToolBox
from voicehelper.shapes.bodies import Body


class Shout(Body):
    text: Annotated[str, Field(max_length=20)]
    times: Annotated[int, Field(ge=1, le=3)] = 1


class Shouted(BaseModel):
    text: str


def shout(arguments: Shout) -> Shouted:
    if arguments.text == "nothing":
        raise NotFoundError
    if arguments.text == "away":
        raise UpstreamUnavailableError("10.0.0.1 refused")
    return Shouted(text=arguments.text.upper() * arguments.times)


SERVER = Server(ToolBox([McpTool("shout", "Shout", "Says it louder.", Shout, Shouted, shout)], "en"), "1.2")
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


def post(value: Any, **headers: str) -> Reply:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return serve(body, {name.replace("_", "-"): text for name, text in headers.items()}, SERVER)


def call(method: str, params: Any = None, request_id: Any = 1) -> dict[str, Any]:
    params = {} if params is None else {"params": params}
    return {"jsonrpc": "2.0", "id": request_id, "method": method, **params}


def newest(method: str, params: dict[str, Any] | None = None, **headers: str) -> Reply:
    """As a stateless client sends it."""
    params = {**(params or {}), "_meta": META}
    named = {"mcp_name": str(params["name"])} if "name" in params else {}
    usual = {"mcp_protocol_version": "2026-07-28", "mcp_method": method, **named}
    return post(call(method, params), **{**usual, **headers})


def error_of(reply: Reply) -> tuple[int, int]:
    """(status, code)"""
    assert set(reply.body) == {"jsonrpc", "id", "error"}
    return reply.status, reply.body["error"]["code"]


@pytest.mark.parametrize(
    ("asked", "agreed"),
    [
        ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1.0", "2025-11-25"), (None, "2025-11-25"),
        (20250618, "2025-11-25"),
    ],
)  # fmt: skip
def test_a_handshake_agrees_on_a_revision_and_makes_no_session(asked: Any, agreed: str) -> None:
    reply = post(call("initialize", {"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "c"}}))

    result = mcp_types.InitializeResult.model_validate(reply.body["result"])
    assert (reply.status, result.protocol_version) == (200, agreed)
    assert result.capabilities.tools
    assert result.server_info.name == "voicehelper"


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "method": "notifications/unheard_of"},
        {"jsonrpc": "2.0", "id": 4, "result": {}},
        {"jsonrpc": "2.0", "id": 4, "error": {"code": 1, "message": "x"}},
    ],
)
def test_what_expects_no_answer_gets_none(message: dict[str, Any]) -> None:
    assert post(message) == Reply(202)


def test_a_ping_is_answered_with_the_id_it_came_with() -> None:
    assert post(call("ping", request_id="七")).body == {"jsonrpc": "2.0", "id": "七", "result": {}}


def test_tools_are_declared_with_schemas_of_both_sides() -> None:
    [tool] = mcp_types.ListToolsResult.model_validate(post(call("tools/list", {})).body["result"]).tools

    assert (tool.name, tool.input_schema["required"]) == ("shout", ["text"])
    assert tool.input_schema["additionalProperties"] is False
    assert tool.output_schema
    assert tool.annotations
    assert tool.annotations.read_only_hint


def test_a_call_returns_its_result_as_text_and_as_a_structure() -> None:
    reply = post(call("tools/call", {"name": "shout", "arguments": {"text": "hé", "times": 2}}))

    result = mcp_types.CallToolResult.model_validate(reply.body["result"])
    assert result.structured_content == {"text": "HÉHÉ"}
    assert isinstance(result.content[0], mcp_types.TextContent)
    assert json.loads(result.content[0].text) == result.structured_content
    assert not result.is_error


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"text": "nothing"}, "NOT_FOUND"),
        ({"text": "away"}, "UPSTREAM_UNAVAILABLE"),
        ({}, "text: This field is required"),
        (None, "text: This field is required"),
        ({"text": "x", "times": 4}, "times: "),
        ({"text": 7}, "text: This must be text"),
        ({"text": "x", "volume": 11}, "volume: "),
        ({"text": "x" * 21}, "text: "),
    ],
)
def test_what_a_tool_cannot_do_is_its_result(arguments: Any, told: str) -> None:
    reply = post(call("tools/call", {"name": "shout", "arguments": arguments}))

    result = mcp_types.CallToolResult.model_validate(reply.body["result"])
    assert reply.status == 200
    assert result.is_error
    assert isinstance(result.content[0], mcp_types.TextContent)
    assert told in result.content[0].text
    assert "10.0.0.1" not in result.content[0].text


@pytest.mark.parametrize(
    "params",
    [
        {"name": "whisper"},
        {"name": 7},
        {},
        {"name": "shout", "arguments": ["text"]},
        {"name": "shout", "arguments": "text"},
        {"name": "shout", "arguments": {"text": "a\0b"}},
        {"name": "shout", "arguments": {"\ud800": 1}},
    ],
)
def test_a_call_that_names_no_tool_or_no_arguments_is_invalid(params: dict[str, Any]) -> None:
    assert error_of(post(call("tools/call", params))) == (200, -32602)


def test_a_list_of_tools_has_no_second_page() -> None:
    assert error_of(post(call("tools/list", {"cursor": "2"}))) == (200, -32602)


@pytest.mark.parametrize("method", ["resources/list", "prompts/get", "server/discover", "logging/setLevel", "", "Ping"])
def test_an_unknown_method_is_not_found(method: str) -> None:
    assert error_of(post(call(method))) == (200, -32601)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000, b'{"id": ' + b"9" * 5000 + b"}", b"undefined"]
)
def test_a_body_that_is_no_json_cannot_be_parsed(body: bytes) -> None:
    reply = post(body)

    assert error_of(reply) == (400, -32700)
    assert reply.body["id"] is None


@pytest.mark.parametrize(
    "value",
    [
        3, "ping", None, {}, {"jsonrpc": "1.0", "id": 1, "method": "ping"}, {"id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1}, {"jsonrpc": "2.0", "id": 1, "method": 5},
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1.5, "method": "ping"}, {"jsonrpc": "2.0", "id": True, "method": "ping"},
        {"jsonrpc": "2.0", "id": [1], "method": "ping"}, {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]},
        {"jsonrpc": "2.0", "id": "\ud800", "method": "ping"},
    ],
)  # fmt: skip
def test_json_that_is_no_message_is_an_invalid_request(value: Any) -> None:
    assert error_of(post(value)) == (400, -32600)


@pytest.mark.parametrize("revision", ["", "2024-11-05", "2025-03-26"])
def test_older_revisions_may_put_several_messages_into_a_body(revision: str) -> None:
    headers = {"mcp_protocol_version": revision} if revision else {}
    batch = [call("ping"), {"jsonrpc": "2.0", "method": "notifications/x"}, 7, call("no", request_id="b")]

    reply = post(batch, **headers)

    assert reply.status == 200
    assert [(answer["id"], answer.get("error", {}).get("code")) for answer in reply.body] == [
        (1, None), (None, -32600), ("b", -32601),
    ]  # fmt: skip


def test_a_batch_that_expects_no_answer_gets_none() -> None:
    assert post([{"jsonrpc": "2.0", "method": "notifications/x"}]) == Reply(202)


@pytest.mark.parametrize(
    ("batch", "headers"),
    [
        ([], {}),
        ([call("ping")] * (MOST_MESSAGES + 1), {}),
        ([call("ping"), call("initialize", {})], {}),
        ([call("ping")], {"mcp_protocol_version": "2025-06-18"}),
        ([call("ping")], {"mcp_protocol_version": "2025-11-25"}),
        ([call("tools/list", {"_meta": META})], {"mcp_protocol_version": "2026-07-28", "mcp_method": "tools/list"}),
    ],
)
def test_other_batches_are_refused_whole(batch: list[Any], headers: dict[str, str]) -> None:
    assert error_of(post(batch, **headers)) == (400, -32600)


@pytest.mark.parametrize("revision", ["2027-01-01", "1", "", "2025-06-18, 2025-06-18"])
def test_an_unknown_revision_is_told_the_known_ones(revision: str) -> None:
    reply = post(call("tools/list"), mcp_protocol_version=revision)

    assert error_of(reply) == (400, -32022)
    assert reply.body["error"]["data"]["supported"][-1] == "2026-07-28"


def test_the_newest_revision_needs_no_handshake() -> None:
    reply = newest("server/discover")

    result = mcp_types.DiscoverResult.model_validate(reply.body["result"])
    assert reply.status == 200
    assert "2026-07-28" in result.supported_versions
    assert reply.body["result"]["resultType"] == "complete"


def test_the_newest_revision_calls_tools() -> None:
    listed = mcp_types.ListToolsResult.model_validate(newest("tools/list").body["result"])
    called = newest("tools/call", {"name": "shout", "arguments": {"text": "a"}}).body["result"]

    assert [tool.name for tool in listed.tools] == ["shout"]
    assert (called["structuredContent"], called["resultType"]) == ({"text": "A"}, "complete")
    assert called["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "voicehelper"


def test_the_name_of_a_tool_may_be_encoded_in_its_header() -> None:
    params = {"name": "shout", "arguments": {"text": "a"}}

    assert newest("tools/call", params, mcp_name="=?base64?c2hvdXQ=?=").status == 200
    assert error_of(newest("tools/call", params, mcp_name="=?base64?c2hv?=")) == (400, -32020)
    assert error_of(newest("tools/call", params, mcp_name="=?base64?/w==?=")) == (400, -32020)


@pytest.mark.parametrize("method", ["initialize", "ping", "resources/list", "subscriptions/listen"])
def test_the_newest_revision_says_by_its_status_that_a_method_is_unknown(method: str) -> None:
    assert error_of(newest(method)) == (404, -32601)


def test_the_newest_revision_refuses_an_envelope_that_its_headers_contradict() -> None:
    body = call("tools/list", {"_meta": META})
    headers = {"mcp_protocol_version": "2026-07-28", "mcp_method": "tools/list"}

    assert error_of(newest("tools/list", mcp_method="tools/call")) == (400, -32020)
    assert error_of(newest("tools/call", {"name": "shout"}, mcp_name="other")) == (400, -32020)
    assert error_of(post(body)) == (400, -32020)
    assert error_of(post(body, mcp_protocol_version="2026-07-28")) == (400, -32020)
    assert error_of(post(call("tools/list", {}), **headers)) == (400, -32602)
    assert error_of(post(call("tools/list", {"_meta": {}}), **headers)) == (400, -32602)
    assert error_of(post(call("tools/list", {"_meta": 3}), **headers)) == (400, -32602)


def test_the_newest_revision_takes_notifications_and_no_responses() -> None:
    header = {"mcp_protocol_version": "2026-07-28"}

    assert post({"jsonrpc": "2.0", "method": "notifications/cancelled"}, **header) == Reply(202)
    assert error_of(post({"jsonrpc": "2.0", "id": 1, "result": {}}, **header)) == (400, -32600)


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json, text/event-stream", 200), ("text/event-stream;q=0.5,Application/JSON;q=0.9", 200),
        ("*/*", 200), ("application/*", 200), ("text/event-stream", 406), ("text/html", 406),
    ],
)  # fmt: skip
def test_only_who_reads_json_is_answered(accept: str, status: int) -> None:
    assert post(call("ping"), accept=accept).status == status
