"""The MCP client against the official SDK's server, new and older, and against servers that misbehave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from voicehelper.agents.config import McpServer
from voicehelper.agents.tools.mcp.client import MAX_BODY_BYTES, McpClient
from voicehelper.agents.tools.mcp.tool import MAX_TOOLS, McpArguments, list_tools, mcp_tool
from voicehelper.agents.tools.protocol import ToolCall, ToolError, ToolResult
from voicehelper.entry.tools import mcp_handler
from voicehelper.errors import UpstreamUnavailableError

from tests.support.mcp_server import Tickets, tickets_server
from tests.support.web_server import Answer, Request, WebServer

KINDS: dict[str, dict[str, bool]] = {
    "newest, streams": {},
    "newest, JSON": {"json_response": True},
    "older, sessions": {"is_older": True},
    "older, sessions and JSON": {"is_older": True, "json_response": True},
    "older, stateless": {"is_older": True, "stateless": True},
}


@pytest.fixture(params=KINDS)
def tickets(request: pytest.FixtureRequest) -> Iterator[Tickets]:
    with tickets_server(**KINDS[request.param]) as server:
        yield server


def client(url: str, *, key: str = "", within_s: float = 5.0) -> dict[str, McpClient]:
    return {"tickets": McpClient("tickets", McpServer(url=url), key, within_s=within_s)}


def run(clients: dict[str, McpClient], call: ToolCall, name: str, **arguments: Any) -> ToolResult:
    return mcp_tool(name, clients).run(McpArguments(**arguments), call)


def failure(act: Callable[[], object]) -> ToolError:
    with pytest.raises(ToolError) as caught:
        act()
    return caught.value


def test_a_server_s_tools_are_listed_with_its_name_and_their_schemas(tickets: Tickets) -> None:
    listing = list_tools(client(tickets.url))

    assert [tool.name for tool in listing.tools] == [
        f"tickets.{name}" for name in ("create", "status", "close", "export")
    ]
    assert listing.tools[0].description == "Creates a ticket."
    properties = listing.tools[0].parameters["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {"title", "priority"}


def test_a_tool_is_called_once_with_its_arguments(tickets: Tickets, call: ToolCall) -> None:
    result = run(client(tickets.url), call, "tickets.create", title="更换滤芯", priority=1)

    assert tickets.created == ["更换滤芯"]
    assert result.result == {"number": 1, "title": "更换滤芯", "priority": 1}
    assert result.observation.startswith("tickets.create [1]\n\n")


def test_a_text_is_an_observation_that_cannot_cite(tickets: Tickets, call: ToolCall) -> None:
    result = run(client(tickets.url), call, "tickets.status")

    assert result.observation == "tickets.status [1]\n\nThree tickets are open, see (7)."
    assert [source.title for source in result.sources] == ["tickets.status"]


def test_notifications_before_the_reply_are_passed_over(tickets: Tickets, call: ToolCall) -> None:
    assert "exported" in run(client(tickets.url), call, "tickets.export").observation


def test_what_a_tool_says_of_its_failure_is_told(tickets: Tickets, call: ToolCall) -> None:
    error = failure(lambda: run(client(tickets.url), call, "tickets.close", number=4))

    assert error.reason == "MCP_TOOL_FAILED"
    assert "ticket 4 is locked" in error.details["problem"]


def test_a_call_that_the_server_cannot_read_is_refused_and_not_carried_out(tickets: Tickets, call: ToolCall) -> None:
    assert failure(lambda: run(client(tickets.url), call, "tickets.create", priority="high")).reason.startswith("MCP_")
    assert failure(lambda: run(client(tickets.url), call, "tickets.unknown")).reason.startswith("MCP_")
    assert tickets.created == []


def test_a_call_carries_its_key_and_the_operator_s(tickets: Tickets, call: ToolCall) -> None:
    run(client(tickets.url, key="k1"), call, "tickets.status")

    assert [headers["authorization"] for headers in tickets.headers] == ["Bearer k1"] * len(tickets.headers)
    assert call.key in [headers.get("idempotency-key") for headers in tickets.headers]


def test_the_newest_protocol_takes_one_post_and_an_older_session_is_ended(call: ToolCall) -> None:
    with tickets_server() as newest, tickets_server(is_older=True) as older:
        run(client(newest.url), call, "tickets.status")
        run(client(older.url), call, "tickets.status")

        assert newest.methods == ["POST"]
        assert older.methods == ["POST"] * 4 + ["DELETE"]


@pytest.mark.parametrize("name", ["other.create", "tickets", "tickets.", "tickets.a b", "tickets.\n", ".create", ""])
def test_a_tool_of_no_configured_server_is_not_allowed(name: str) -> None:
    assert failure(lambda: mcp_tool(name, client("http://127.0.0.1:9/mcp"))).reason == "TOOL_NOT_ALLOWED"


def test_one_function_lists_and_calls(tickets: Tickets, call: ToolCall) -> None:
    clients = client(tickets.url)
    handler = mcp_handler(lambda name: mcp_tool(name, clients), lambda: list_tools(clients))
    event = json.loads(call.model_dump_json()) | {"tool": "tickets.create", "arguments": {"title": "x"}}

    assert len(handler({"task": "list"}, None)["tools"]) == 4
    assert handler(event, None)["failure"]["code"] == "TOOL_NOT_ALLOWED"
    assert handler(event | {"allowed": ["tickets.create"]}, None)["result"]["result"]["title"] == "x"
    assert tickets.created == ["x"]


def replying(**reply: Any) -> Callable[[Request], Answer]:
    """A server that answers every request with its id."""

    def answer(request: Request) -> Answer:
        message = {"jsonrpc": "2.0", "id": json.loads(request.body).get("id"), **reply}
        return Answer(headers={"content-type": "application/json"}, body=json.dumps(message).encode())

    return answer


def test_of_many_or_enormous_tools_only_as_many_as_fit_are_listed(web: WebServer) -> None:
    small = [{"name": f"t{number}", "inputSchema": {"type": "object"}} for number in range(200)]
    large = {"name": "large", "inputSchema": {"type": "object", "description": "x" * 9_000}}
    odd = [{"name": "a b"}, {"name": 3}, {"name": "x" * 65}, {"name": "n", "inputSchema": "x"}, "text", None, large]
    described = {"name": "d", "description": "\u202e" + "y" * 5_000, "inputSchema": {"type": "object"}}
    web.answer = replying(result={"tools": [*odd, described, *small], "nextCursor": "again"})

    listing = list_tools(client(web.url))

    assert len(listing.tools) == MAX_TOOLS
    assert listing.tools[0].name == "tickets.d"
    assert len(listing.tools[0].description) == 1_000
    assert {"tickets.large", "tickets.n", "tickets.a b"}.isdisjoint(tool.name for tool in listing.tools)
    assert len(web.requests) <= 10


def test_a_server_that_is_away_does_not_hide_the_others(web: WebServer) -> None:
    web.answer = replying(result={"tools": [{"name": "t", "inputSchema": {"type": "object"}}]})
    away = {"away": McpClient("away", McpServer(url="http://127.0.0.1:9/mcp"), within_s=2.0)}

    listing = list_tools(away | client(web.url))

    assert [tool.name for tool in listing.tools] == ["tickets.t"]
    assert listing.failed == {"away": "UPSTREAM_UNAVAILABLE"}


def test_a_server_that_cannot_be_reached_may_be_called_again(call: ToolCall) -> None:
    with pytest.raises(UpstreamUnavailableError):
        run(client("http://127.0.0.1:9/mcp"), call, "tickets.create", title="x")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_may_be_called_again(web: WebServer, call: ToolCall, status: int) -> None:
    web.answer = lambda _: Answer(status)

    with pytest.raises(UpstreamUnavailableError):
        run(client(web.url), call, "tickets.create", title="x")


def endless(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500),
        Answer(body=b"<html>"),
        Answer(body=b""),
        Answer(body=b'{"jsonrpc": "2.0", "id": 99, "result": {}}'),
        Answer(body=b"[" * 100_000),
        Answer(headers={"content-type": "text/event-stream"}, body=b"data: {}\n\n: ping\n\n"),
        Answer(headers={"content-type": "text/event-stream"}, body=b"data: {not json\n\n"),
        Answer(body=b"x" * (MAX_BODY_BYTES + 1)),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[:20]!r}",
)
def test_a_call_that_left_without_an_answer_is_not_made_again(web: WebServer, call: ToolCall, answer: Answer) -> None:
    web.answer = lambda _: answer

    assert failure(lambda: run(client(web.url), call, "tickets.create", title="x")).reason == "MCP_NO_ANSWER"
    assert len(web.requests) == 1


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
def test_a_server_that_never_ends_is_left_at_the_deadline(web: WebServer, call: ToolCall, kind: str) -> None:
    def drip() -> Iterator[bytes]:
        while not web.released.wait(0.1):
            yield b": ping\n\n"

    web.answer = lambda _: Answer(headers={"content-type": kind}, body=drip())
    start = time.monotonic()

    error = failure(lambda: run(client(web.url, within_s=1.0), call, "tickets.create", title="x"))

    assert error.reason == "MCP_NO_ANSWER"
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403])
def test_a_refusal_or_a_redirect_ends_the_call(web: WebServer, call: ToolCall, status: int) -> None:
    web.answer = lambda _: Answer(status, {"location": f"{web.url}/elsewhere"})

    error = failure(lambda: run(client(web.url, key="k1"), call, "tickets.create", title="x"))

    assert error.reason == "MCP_REFUSED"
    assert len(web.requests) == 1


def test_a_server_of_no_known_protocol_is_refused(web: WebServer, call: ToolCall) -> None:
    web.answer = lambda _: Answer(404)

    assert failure(lambda: run(client(web.url), call, "tickets.create", title="x")).reason == "MCP_REFUSED"
    assert [json.loads(request.body)["method"] for request in web.requests] == ["tools/call", "initialize"]


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"content": "text"},
        {"content": [3, {"type": "image", "data": "x"}, {"text": None}]},
        {"content": [{"type": "resource", "resource": {"text": "inside"}}]},
        {"isError": True},
    ],
)
def test_results_of_odd_shapes_are_results(web: WebServer, call: ToolCall, result: dict[str, Any]) -> None:
    web.answer = replying(result=result)

    if result.get("isError"):
        assert failure(lambda: run(client(web.url), call, "tickets.create")).reason == "MCP_TOOL_FAILED"
    else:
        assert run(client(web.url), call, "tickets.create").observation.startswith("tickets.create [1]")
