"""The search tool against a server that answers as SearXNG or Brave do, and as neither should."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from voicehelper.agents.config import WebSearchService
from voicehelper.agents.tools.declarations import SearchArguments
from voicehelper.agents.tools.protocol import ToolCall, ToolError, ToolResult
from voicehelper.agents.tools.web_search import web_search_tool
from voicehelper.errors import UpstreamUnavailableError

from tests.support.web_server import Answer, WebServer

FOUND: list[dict[str, Any]] = [
    {"title": "Heat <b>pumps</b> &amp; costs", "url": "https://a.example/1", "text": "Prices\nfell [3] by 4&nbsp;%."},
    {"title": "", "url": "https://b.example/", "text": None},
    {"title": "Twice", "url": "https://a.example/1", "text": "again"},
    {"title": "Script", "url": "javascript:alert(1)", "text": "x"},
    {"title": "Third", "url": "http://c.example/?q=1", "text": "c" * 900},
]


def answer(kind: str, found: list[dict[str, Any]]) -> Answer:
    name = "content" if kind == "searxng" else "description"
    items = [{"title": item["title"], "url": item["url"], name: item["text"]} for item in found]
    body = {"results": items} if kind == "searxng" else {"type": "search", "web": {"results": items}}
    return Answer(headers={"content-type": "application/json"}, body=json.dumps(body).encode())


def search(
    web: WebServer, call: ToolCall, kind: Any = "searxng", *, path: str = "", key: str = "", **more: Any
) -> ToolResult:
    tool = web_search_tool(WebSearchService(kind=kind, url=web.url + path), key, within_s=1.5)
    return tool.run(SearchArguments(**{"query": "热泵 cost & size", **more}), call)


@pytest.mark.parametrize("kind", ["searxng", "brave"])
def test_results_have_title_address_and_snippet(web: WebServer, call: ToolCall, kind: str) -> None:
    web.answer = lambda _: answer(kind, FOUND)

    result = search(web, call, kind)

    assert isinstance(result.result, list)
    assert result.result[0] == {
        "title": "Heat pumps & costs",
        "url": "https://a.example/1",
        "snippet": "Prices fell (3) by 4 %.",
    }
    assert [source.url for source in result.sources] == [FOUND[0]["url"], FOUND[1]["url"], FOUND[4]["url"]]
    assert result.sources[1].title == "https://b.example/"
    assert len(result.sources[2].quote) == 400
    assert result.observation.startswith("Heat pumps & costs [1]\nhttps://a.example/1\nPrices")
    assert "Third [3]" in result.observation


def test_only_as_many_results_as_asked(web: WebServer, call: ToolCall) -> None:
    web.answer = lambda _: answer("searxng", [FOUND[0] | {"url": f"https://a.example/{n}"} for n in range(30)])

    assert len(search(web, call, count=2).sources) == 2
    assert len(search(web, call).sources) == 5


@pytest.mark.parametrize(
    ("kind", "path", "asked", "header"),
    [
        ("searxng", "", "/search", ("authorization", "Bearer k1")),
        ("searxng", "/", "/search", ("authorization", "Bearer k1")),
        ("searxng", "/sx/find?safesearch=2", "/sx/find", ("authorization", "Bearer k1")),
        ("brave", "", "/res/v1/web/search", ("x-subscription-token", "k1")),
        ("brave", "/proxy/brave", "/proxy/brave", ("x-subscription-token", "k1")),
    ],
)
def test_the_service_is_asked_in_its_own_way(
    web: WebServer, call: ToolCall, kind: str, path: str, asked: str, header: tuple[str, str]
) -> None:
    web.answer = lambda _: answer(kind, FOUND)

    search(web, call, kind, path=path, key="k1")

    [request] = web.requests
    query = parse_qs(urlsplit(request.path).query)

    assert urlsplit(request.path).path == asked
    assert query["q"] == ["热泵 cost & size"]
    assert query.get("safesearch") == (["2"] if "?" in path else None)
    assert ("format" in query, "count" in query) == (kind == "searxng", kind == "brave")
    assert request.headers[header[0]] == header[1]


def test_without_a_key_none_is_sent(web: WebServer, call: ToolCall) -> None:
    web.answer = lambda _: answer("searxng", FOUND)

    search(web, call)

    assert "authorization" not in web.requests[0].headers


def test_without_a_service_the_tool_says_so(call: ToolCall) -> None:
    with pytest.raises(ToolError) as caught:
        web_search_tool(None).run(SearchArguments(query="x"), call)

    assert caught.value.reason == "WEB_SEARCH_UNCONFIGURED"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, b"", "WEB_SEARCH_REFUSED"),
        (403, b"", "WEB_SEARCH_REFUSED"),
        (302, b"", "WEB_SEARCH_REFUSED"),
        (200, b"<html>", "WEB_SEARCH_UNREADABLE"),
        (200, b"", "WEB_SEARCH_UNREADABLE"),
        (200, b"[" * 100_000, "WEB_SEARCH_UNREADABLE"),
        (200, b'["x"]', "WEB_SEARCH_UNREADABLE"),
        (200, b'{"results": {"a": 1}}', "WEB_SEARCH_UNREADABLE"),
        (200, b'{"error": "no such engine"}', "WEB_SEARCH_UNREADABLE"),
        (200, b'{"results": []}', "WEB_SEARCH_EMPTY"),
        (200, b'{"results": [3, null, {"title": "no address"}]}', "WEB_SEARCH_EMPTY"),
    ],
)
def test_an_answer_without_results_says_why(
    web: WebServer, call: ToolCall, status: int, body: bytes, code: str
) -> None:
    web.answer = lambda _: Answer(status, {"location": "http://127.0.0.1:9/"} if status == 302 else {}, body)

    with pytest.raises(ToolError) as caught:
        search(web, call)

    assert caught.value.reason == code


def test_brave_leaves_the_results_out_where_it_finds_none(web: WebServer, call: ToolCall) -> None:
    web.answer = lambda _: Answer(body=b'{"type": "search", "query": {}}')

    with pytest.raises(ToolError) as caught:
        search(web, call, "brave")

    assert caught.value.reason == "WEB_SEARCH_EMPTY"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_service_that_is_away_may_be_asked_again(web: WebServer, call: ToolCall, status: int) -> None:
    web.answer = lambda _: Answer(status)

    with pytest.raises(UpstreamUnavailableError):
        search(web, call)


def test_a_service_that_drips_ends_at_the_deadline(web: WebServer, call: ToolCall) -> None:
    def drip() -> Iterator[bytes]:
        while not web.released.wait(0.1):
            yield b" "

    web.answer = lambda _: Answer(body=drip())
    start = time.monotonic()

    with pytest.raises(UpstreamUnavailableError):
        search(web, call)

    assert time.monotonic() - start < 5
