"""Tokens of OAuth for an MCP server: asked for once, kept until they end, and never told to anyone else."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from voicehelper.agents.config import AgentConfigInvalidError, McpServer, OAuthClient, parse_agent_config
from voicehelper.agents.tools.mcp.client import McpClient
from voicehelper.agents.tools.mcp.tokens import ClientCredentials
from voicehelper.agents.tools.protocol import ToolError
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import Deadline

from tests.support.web_server import Answer, Request, WebServer, web_server

SECRET = "s: e/c+r&t"
JSON = {"content-type": "application/json"}


class Provider:
    """Gives numbered tokens at /token, and at /mcp answers calls that carry one it still takes."""

    def __init__(self, server: WebServer) -> None:
        self.server, self.given, self.refused = server, 0, set[str]()
        self.answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": 3600}
        self.status = 200
        server.answer = self._answer

    def _answer(self, request: Request) -> Answer:
        if request.path == "/token":
            self.given += 1
            body = {"access_token": f"t{self.given}"} | self.answer
            return Answer(self.status, JSON, json.dumps(body).encode())
        if request.headers.get("authorization", "") in self.refused:
            return Answer(401)
        reply = {"jsonrpc": "2.0", "id": json.loads(request.body)["id"], "result": {"ok": True}}
        return Answer(200, JSON, json.dumps(reply).encode())

    def sent(self, path: str) -> list[Request]:
        return [request for request in self.server.requests if request.path == path]

    def tokens(self, clock: Callable[[], float] = time.monotonic) -> ClientCredentials:
        oauth = OAuthClient(token_url=f"{self.server.url}/token", client_id="voice helper", scope="tickets.read")
        return ClientCredentials("tickets", oauth, SECRET, clock=clock)

    def client(self) -> McpClient:
        return McpClient("tickets", McpServer(url=f"{self.server.url}/mcp"), tokens=self.tokens(), within_s=5)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with web_server() as server:
        yield Provider(server)


def soon() -> Deadline:
    return Deadline(time.monotonic() + 5)


def test_a_token_is_asked_for_once_and_sent_with_every_call(provider: Provider) -> None:
    client = provider.client()

    for _ in range(3):
        assert client.call("tools/list", {}) == {"ok": True}

    [asked] = provider.sent("/token")
    pair = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
    assert pair == "voice+helper:s%3A+e%2Fc%2Br%26t"
    assert parse_qs(asked.body.decode()) == {"grant_type": ["client_credentials"], "scope": ["tickets.read"]}
    assert {request.headers["authorization"] for request in provider.sent("/mcp")} == {"Bearer t1"}


def test_a_token_is_asked_for_anew_shortly_before_it_ends(provider: Provider) -> None:
    now = [0.0]
    tokens = provider.tokens(lambda: now[0])
    provider.answer["expires_in"] = 600

    got = []
    for now[0] in (0.0, 569.0, 571.0, 572.0):
        got.append(tokens.token(soon()))

    assert got == ["t1", "t1", "t2", "t2"]


def test_a_token_that_is_not_taken_any_more_is_replaced_once(provider: Provider) -> None:
    client = provider.client()
    client.call("tools/list", {})
    provider.refused = {"Bearer t1"}

    assert client.call("tools/call", {"name": "create"}, once_key="k") == {"ok": True}
    provider.refused |= {"Bearer t2", "Bearer t3"}
    with pytest.raises(ToolError) as caught:
        client.call("tools/list", {})

    assert caught.value.reason == "MCP_REFUSED"
    assert provider.given == 3


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (401, {"error": "invalid_client"}), (400, {"error": "invalid_scope"}), (302, {}),
        (200, {"access_token": ""}), (200, {"access_token": "a b"}), (200, {"access_token": "a\r\nx: y"}),
        (200, {"access_token": 5}), (200, {"token_type": "mac"}),
    ],
)  # fmt: skip
def test_what_is_no_token_is_refused_without_the_secret(
    provider: Provider, status: int, answer: dict[str, Any]
) -> None:
    provider.status, provider.answer = status, answer

    with pytest.raises(ToolError) as caught:
        provider.client().call("tools/list", {})

    assert caught.value.reason == "MCP_REFUSED"
    assert SECRET not in f"{caught.value} {caught.value.details}"
    assert provider.sent("/mcp") == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_that_is_away_is_asked_again_by_the_machine(provider: Provider, status: int) -> None:
    provider.status = status

    with pytest.raises(UpstreamUnavailableError):
        provider.client().call("tools/list", {})


@pytest.mark.parametrize("expires_in", ["soon", -1, None, "inf", [], 1e400])
def test_an_end_that_says_nothing_is_a_usual_one(provider: Provider, expires_in: Any) -> None:
    now = [0.0]
    tokens = provider.tokens(lambda: now[0])
    provider.answer["expires_in"] = expires_in

    got = []
    for now[0] in (0.0, 200.0, 400.0):
        got.append(tokens.token(soon()))

    assert got == ["t1", "t1", "t2"]


def test_a_secret_is_sent_over_tls_alone() -> None:
    text = (
        '{{"mcp": {{"tickets": {{"url": "https://x/mcp", "oauth": {{"token_url": "{}", "client_id": "c"}}}}}}}}'.format
    )

    assert parse_agent_config(text("https://id.example.com/token")).mcp["tickets"].oauth
    assert parse_agent_config(text("http://localhost:9/token")).mcp["tickets"].oauth
    for url in ("http://id.example.com/token", "http://localhost.example.com/token", "ftp://x"):
        with pytest.raises(AgentConfigInvalidError):
            parse_agent_config(text(url))
