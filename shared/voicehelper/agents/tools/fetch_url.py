"""``fetch_url_tool``: the text of one public web page; ``tool_resources`` builds it.

A name is looked up once for each connection, all of its addresses must be public, and the connection is made to one of
those that were checked. Redirects are followed by hand and go the same way.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from typing import Final

import httpx2

from voicehelper.agents.tools.declarations import FETCH_URL, FetchArguments
from voicehelper.agents.tools.protocol import Tool, ToolCall, ToolError, ToolResult, ToolSource
from voicehelper.agents.tools.web.addresses import is_public
from voicehelper.agents.tools.web.exchange import exchange, media_type, read_body
from voicehelper.agents.tools.web.page import Page, read_page
from voicehelper.models.openai.call_budget import CallTimeoutError, ResponseTooLargeError
from voicehelper.models.openai.network import LookUp, resolve
from voicehelper.models.protocols import Deadline

WITHIN_S: Final = 10.0
MAX_BODY_BYTES: Final = 2_000_000
MAX_REDIRECTS: Final = 5
MAX_TEXT_CHARS: Final = 7_000  # of the result; the observation is shorter
PORTS: Final = frozenset({80, 443})
_QUOTE_CHARS: Final = 300
_HOST: Final = re.compile(r"[a-z0-9._:-]{1,253}")
_ACCEPTED: Final = "text/html, application/xhtml+xml, text/plain, application/json, application/xml;q=0.9, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class Internet:
    """What may be reached: the ports, and the addresses that ``look_up`` finds and ``is_allowed`` passes."""

    look_up: LookUp = resolve
    is_allowed: Callable[[str], bool] = is_public
    ports: Set[int] = PORTS

    def addresses(self, host: str, port: int, timeout_s: float) -> list[str]:
        """ToolError FETCH_ADDRESS_REFUSED unless every address of the host is allowed."""
        found = self.look_up(host, port, timeout_s)
        if not all(map(self.is_allowed, found)):
            raise ToolError("FETCH_ADDRESS_REFUSED", f"{host}: {found}", host=host)
        return found


@dataclass(frozen=True, slots=True)
class _Fetched:
    url: str
    page: Page


def fetch_url_tool(internet: Internet | None = None, *, within_s: float = WITHIN_S) -> Tool[FetchArguments]:
    """The product's own is built without arguments; tests have an internet of their own."""
    reached = internet or Internet()

    def run(arguments: FetchArguments, _: ToolCall) -> ToolResult:
        return _result(_fetch(arguments.url, reached, Deadline(time.monotonic() + within_s)))

    return FETCH_URL.tool(run)


def _result(fetched: _Fetched) -> ToolResult:
    title, text = fetched.page.title, fetched.page.text
    quote = " ".join(text[: 2 * _QUOTE_CHARS].split())[:_QUOTE_CHARS]
    return ToolResult(
        observation=f"{title} [1]\n\n{text}",
        result={"url": fetched.url, "title": title, "text": text[:MAX_TEXT_CHARS]},
        sources=[ToolSource(title=title, url=fetched.url, quote=quote)],
    )


def _fetch(url: str, internet: Internet, deadline: Deadline) -> _Fetched:
    address = _checked(url, internet)
    for _ in range(MAX_REDIRECTS + 1):
        request = httpx2.Request("GET", address, headers={"accept": _ACCEPTED})
        with (
            _as_tool_errors(deadline),
            exchange(request, deadline, max_bytes=MAX_BODY_BYTES, look_up=internet.addresses) as response,
        ):
            target = response.headers.get("location", "") if response.is_redirect else ""
            if not target:
                return _Fetched(str(address), _page(response, str(address)))
        address = _checked(_joined(address, target), internet)
    raise ToolError("FETCH_TOO_MANY_REDIRECTS")


def _page(response: httpx2.Response, url: str) -> Page:
    if response.status_code != 200:
        raise ToolError("FETCH_STATUS", status=response.status_code)
    kind, charset = media_type(response.headers)
    return read_page(read_body(response), kind=kind, charset=charset, url=url)


def _joined(address: httpx2.URL, target: str) -> str:
    try:
        return str(address.join(target).copy_with(fragment=None))
    except httpx2.InvalidURL as error:
        raise ToolError("FETCH_URL_INVALID") from error


def _checked(text: str, internet: Internet) -> httpx2.URL:
    """The address as it will be used, so that nothing reads it in another way than this check."""
    try:
        url = httpx2.URL(text).copy_with(fragment=None)
    except httpx2.InvalidURL as error:
        raise ToolError("FETCH_URL_INVALID") from error
    host = url.raw_host.decode("ascii", "replace")
    port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
    has_user = bool(url.userinfo) or "@" in url.netloc.decode("ascii", "replace")
    if url.scheme not in ("http", "https") or has_user or not _HOST.fullmatch(host) or port not in internet.ports:
        raise ToolError("FETCH_URL_INVALID")
    return url


@contextlib.contextmanager
def _as_tool_errors(deadline: Deadline) -> Iterator[None]:
    """Whatever a page's server does is an answer to the task; trying again would ask it the same."""
    try:
        yield
    except CallTimeoutError as error:
        raise ToolError("FETCH_TIMED_OUT") from error
    except ResponseTooLargeError as error:
        raise ToolError("FETCH_TOO_LARGE") from error
    except httpx2.HTTPError as error:
        raise ToolError("FETCH_UNREACHABLE" if deadline.remaining() > 0 else "FETCH_TIMED_OUT", str(error)) from error
