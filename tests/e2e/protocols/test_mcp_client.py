"""The official SDK's client against the running product, by the newest revision and by the handshake before it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx2
import pytest
from mcp import Client as McpClient
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from tests.support.client import Client

ResultT = TypeVar("ResultT")
MODES = pytest.mark.parametrize("mode", ["auto", "legacy", "2026-07-28"])


@pytest.fixture(scope="module")
def document_id(client: Client) -> str:
    kb_id = client.create_base("museum")
    text = "# Opening\n\nThe museum opens at 9:30 on weekdays.\n\n# 票价\n\n成人票 45 元，学生票 20 元。\n"
    [document_id] = client.wait([client.upload(kb_id, "museum.md", text.encode(), {"owner": "front desk"})])
    return document_id


def connected(client: Client, mode: str, use: Callable[[McpClient], Awaitable[ResultT]]) -> ResultT:
    async def run() -> ResultT:
        headers = {"authorization": str(client.http.headers["authorization"]), "accept-language": "en"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            transport = streamable_http_client(f"{client.http.base_url}".rstrip("/") + "/mcp", http_client=http)
            async with McpClient(transport, mode=mode) as mcp:
                return await use(mcp)

    return asyncio.run(run())


def called(client: Client, name: str, arguments: dict[str, Any], mode: str = "auto") -> CallToolResult:
    return connected(client, mode, lambda mcp: mcp.call_tool(name, arguments))


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


@MODES
def test_the_tools_are_listed(client: Client, mode: str) -> None:
    tools = connected(client, mode, lambda mcp: mcp.list_tools()).tools

    assert [tool.name for tool in tools] == ["list_bases", "search", "get_document", "ask"]
    assert all(tool.description and tool.output_schema for tool in tools)


@MODES
def test_a_question_is_answered_with_citations(client: Client, document_id: str, mode: str) -> None:
    result = called(client, "ask", {"question": "When does the museum open?", "base": "museum"}, mode)

    answer = result.structured_content
    assert answer
    assert answer["status"] == "answered"
    assert "9:30" in answer["answer"]
    assert answer["citations"][0] | {"number": 1, "document_id": document_id} == answer["citations"][0]
    assert "9:30" in client.open_link(answer["citations"][0]["url"]).text
    assert json.loads(text_of(result)) == answer


def test_all_bases_are_asked_where_none_is_named(client: Client, document_id: str) -> None:
    answer = called(client, "ask", {"question": "学生票多少钱？"}).structured_content

    assert answer
    assert "20" in answer["answer"]


def test_what_the_documents_do_not_say_is_refused_and_no_error(client: Client, document_id: str) -> None:
    result = called(client, "ask", {"question": "Who painted the ceiling of the Sistine Chapel?", "base": "museum"})

    assert not result.is_error
    assert result.structured_content
    assert (result.structured_content["status"], result.structured_content["citations"]) == ("refused", [])


def test_bases_are_listed_and_searched_and_documents_read_on(client: Client, document_id: str) -> None:
    bases = called(client, "list_bases", {}).structured_content
    found = called(client, "search", {"query": "成人票", "base": "museum", "top_k": 3}).structured_content
    text = called(client, "get_document", {"document_id": document_id}).structured_content

    assert bases
    assert found
    assert text
    assert "museum" in [base["name"] for base in bases["bases"]]
    assert found["passages"][0]["document_id"] == document_id
    assert "45" in found["passages"][0]["content"]
    assert (text["filename"], text["metadata"], text["next_section"]) == ("museum.md", {"owner": "front desk"}, None)
    assert "9:30" in " ".join(section["content"] for section in text["sections"])


@MODES
def test_another_tenants_documents_are_not_found(client: Client, document_id: str, mode: str) -> None:
    stranger = Client(str(client.http.base_url))

    read = called(stranger, "get_document", {"document_id": document_id}, mode)
    asked = called(stranger, "ask", {"question": "x", "base": "museum"}, mode)

    assert read.is_error
    assert "DOCUMENT_NOT_FOUND" in text_of(read)
    assert asked.is_error
    assert "KNOWLEDGE_BASE_NOT_FOUND" in text_of(asked)
    assert called(stranger, "list_bases", {}, mode).structured_content == {"bases": [], "has_next": False}


def test_wrong_arguments_are_told_to_the_model(client: Client) -> None:
    result = called(client, "search", {"query": "x", "top_k": 100})

    assert result.is_error
    assert text_of(result).startswith("top_k: ")


def post(client: Client, body: Any, **headers: str) -> Any:
    return client.call("POST", "/mcp", json=body, headers={"accept": "application/json", **headers})


def test_the_endpoint_is_one_post(client: Client) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}

    answered = post(client, ping)
    notified = post(client, {"jsonrpc": "2.0", "method": "notifications/initialized"})

    assert (answered.status_code, answered.json()) == (200, {"jsonrpc": "2.0", "id": 1, "result": {}})
    assert (notified.status_code, notified.content) == (202, b"")
    assert "mcp-session-id" not in answered.headers
    assert [client.call(method, "/mcp").status_code for method in ("GET", "DELETE")] == [405, 405]
    assert client.call("POST", "/mcp", content="{}", headers={"content-type": "text/plain"}).status_code == 415
    assert post(client, ping, accept="text/event-stream").status_code == 406


def test_nobody_is_answered_without_a_token(client: Client) -> None:
    refused = post(client, {"jsonrpc": "2.0", "id": 1, "method": "ping"}, authorization="")

    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.json()["error"]["data"]["code"] == "UNAUTHENTICATED"
