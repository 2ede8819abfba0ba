"""``web_search_tool``: titles, addresses and snippets from the search engine that the operator configured.

``tool_resources`` builds it. The two protocols are those of SearXNG (https://docs.searxng.org/dev/search_api.html) and
of Brave (https://api-dashboard.search.brave.com/app/documentation/web-search).
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from typing import Any, Final

import httpx2
from pydantic import JsonValue

from voicehelper.agents.config import WebSearchService
from voicehelper.agents.tools.bounds import shortened
from voicehelper.agents.tools.declarations import WEB_SEARCH, SearchArguments
from voicehelper.agents.tools.protocol import Tool, ToolCall, ToolError, ToolResult, ToolSource
from voicehelper.agents.tools.web.exchange import away_as_upstream, exchange, read_body
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import Deadline
from voicehelper.text.marks import without_marks

WITHIN_S: Final = 10.0
_MAX_BODY_BYTES: Final = 2_000_000
_MAX_TITLE_CHARS: Final = 200
_MAX_SNIPPET_CHARS: Final = 400
_MAX_URL_CHARS: Final = 1_000
_TAG: Final = re.compile(r"<[^<>]{0,200}>")
_PATHS: Final = {"searxng": "/search", "brave": "/res/v1/web/search"}


def web_search_tool(
    service: WebSearchService | None, key: str = "", *, within_s: float = WITHIN_S
) -> Tool[SearchArguments]:
    """Without a service the tool says that none is configured."""

    def run(arguments: SearchArguments, _: ToolCall) -> ToolResult:
        if service is None:
            raise ToolError("WEB_SEARCH_UNCONFIGURED")
        request = _request(service, key, arguments)
        sources = list(_sources(service, _answer(request, within_s), arguments.count))
        if not sources:
            raise ToolError("WEB_SEARCH_EMPTY", query=arguments.query)
        return _result(sources)

    return WEB_SEARCH.tool(run)


def _result(sources: list[ToolSource]) -> ToolResult:
    lines = [f"{source.title} [{number}]\n{source.url}\n{source.quote}" for number, source in enumerate(sources, 1)]
    found: list[JsonValue] = [{"title": s.title, "url": s.url, "snippet": s.quote} for s in sources]
    return ToolResult(observation="\n\n".join(lines), result=found, sources=sources)


def _request(service: WebSearchService, key: str, arguments: SearchArguments) -> httpx2.Request:
    url = httpx2.URL(service.url)
    if url.path in ("", "/"):
        url = url.copy_with(path=_PATHS[service.kind])
    query: dict[str, str | int]
    if service.kind == "brave":
        query, headers = {"q": arguments.query, "count": arguments.count}, {"x-subscription-token": key}
    else:
        query, headers = {"q": arguments.query, "format": "json"}, {"authorization": f"Bearer {key}"}
    sent = {"accept": "application/json"} | (headers if key else {})
    return httpx2.Request("GET", url.copy_merge_params(query), headers=sent)


def _answer(request: httpx2.Request, within_s: float) -> Any:
    """UpstreamUnavailableError where another try may help; ToolError where the service refuses."""
    deadline = Deadline(time.monotonic() + within_s)
    with away_as_upstream("web search"), exchange(request, deadline, max_bytes=_MAX_BODY_BYTES) as response:
        if response.status_code == 429 or response.status_code >= 500:
            raise UpstreamUnavailableError(f"web search: status {response.status_code}")
        if response.status_code != 200:
            raise ToolError("WEB_SEARCH_REFUSED", status=response.status_code)
        body = read_body(response)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ToolError("WEB_SEARCH_UNREADABLE", type(error).__name__) from error


def _sources(service: WebSearchService, answer: Any, count: int) -> Iterator[ToolSource]:
    """The first results with an address of the web, each address once."""
    seen: set[str] = set()
    for item in _items(service, answer):
        url = str(item.get("url") or "")
        if not url.startswith(("http://", "https://")) or len(url) > _MAX_URL_CHARS or url in seen:
            continue
        seen.add(url)
        snippet = _plain(item.get("description" if service.kind == "brave" else "content"), _MAX_SNIPPET_CHARS)
        yield ToolSource(title=_plain(item.get("title"), _MAX_TITLE_CHARS) or url, url=url, quote=snippet)
        if len(seen) == count:
            return


def _items(service: WebSearchService, answer: Any) -> list[dict[str, Any]]:
    """ToolError WEB_SEARCH_UNREADABLE for an answer of another shape; Brave's has no ``web`` where nothing is found."""
    held = answer.get("web", {}) if service.kind == "brave" and isinstance(answer, dict) else answer
    items = held.get("results", [] if service.kind == "brave" else None) if isinstance(held, dict) else None
    if not isinstance(items, list):
        raise ToolError("WEB_SEARCH_UNREADABLE", "no list of results")
    return [item for item in items if isinstance(item, dict)]


def _plain(value: Any, limit: int) -> str:
    """One line without markup and marks."""
    text = html.unescape(_TAG.sub("", str(value or "")[: 4 * limit]))
    return shortened(without_marks(" ".join(text.split())), limit)
