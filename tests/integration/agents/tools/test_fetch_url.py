"""Pages over real sockets: what is reached, what is refused, and what a server may do to a fetch."""

from __future__ import annotations

import gzip
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from voicehelper.agents.tools.declarations import FetchArguments
from voicehelper.agents.tools.fetch_url import (
    MAX_BODY_BYTES,
    MAX_REDIRECTS,
    Internet,
    fetch_url_tool,
)
from voicehelper.agents.tools.protocol import ToolCall, ToolError, ToolResult
from voicehelper.agents.tools.web.addresses import is_public

from tests.support.web_server import Answer, Request, WebServer

Fetch = Callable[[str], ToolResult]
PAGE = Answer(headers={"content-type": "text/html; charset=utf-8"}, body=b"<title>Hours</title><p>Open at 9.</p>")


@dataclass
class Names:
    """A resolver of a test: addresses by name, and the names that were looked up."""

    addresses: dict[str, list[str]]
    asked: list[str] = field(default_factory=list)

    def look_up(self, host: str, *_: float) -> list[str]:
        self.asked.append(host)
        return self.addresses[host]


@pytest.fixture
def names() -> Names:
    """``library.test`` is the server; it stands for the internet, everything else on this machine does not."""
    return Names(
        {
            "library.test": ["127.0.0.1"],
            "both.test": ["127.0.0.1", "10.0.0.7"],
            "metadata.test": ["169.254.169.254"],
            "mapped.test": ["::ffff:10.0.0.7"],
            "10.0.0.7": ["10.0.0.7"],
        }
    )


@pytest.fixture
def fetch(web: WebServer, names: Names, call: ToolCall) -> Fetch:
    internet = Internet(names.look_up, lambda address: address == "127.0.0.1" or is_public(address), {web.port})
    tool = fetch_url_tool(internet, within_s=2.0)
    return lambda url: tool.run(FetchArguments(url=url), call)


def failure(fetch: Fetch, url: str) -> str:
    with pytest.raises(ToolError) as caught:
        fetch(url)
    return caught.value.reason


def test_a_page_is_read_with_its_title_and_address(fetch: Fetch, web: WebServer) -> None:
    web.answer = lambda _: PAGE
    url = f"http://library.test:{web.port}/hours?day=1"

    result = fetch(f"{url}#today")

    assert result.observation == "Hours [1]\n\nOpen at 9."
    assert result.result == {"url": url, "title": "Hours", "text": "Open at 9."}
    assert [(source.title, source.url, source.quote) for source in result.sources] == [("Hours", url, "Open at 9.")]


def test_the_server_is_asked_by_its_name_for_text_and_learns_nothing_else(fetch: Fetch, web: WebServer) -> None:
    web.answer = lambda _: PAGE

    fetch(f"http://library.test:{web.port}/a b")

    assert web.requests[0].path == "/a%20b"
    assert set(web.requests[0].headers) == {"host", "accept", "accept-encoding", "user-agent"}
    assert web.requests[0].headers["host"] == f"library.test:{web.port}"
    assert web.requests[0].headers["user-agent"] == "VoiceHelper"


def test_a_chinese_name_is_looked_up_as_the_network_writes_it(fetch: Fetch, web: WebServer, names: Names) -> None:
    web.answer = lambda _: PAGE
    name = "图书馆.test".encode("idna").decode()
    names.addresses[name] = ["127.0.0.1"]

    assert fetch(f"http://图书馆.test:{web.port}/").result
    assert names.asked == [name]


@pytest.mark.parametrize("host", ["both.test", "metadata.test", "mapped.test", "10.0.0.7"])
def test_a_name_with_an_address_that_is_not_public_is_refused(fetch: Fetch, web: WebServer, host: str) -> None:
    assert failure(fetch, f"http://{host}:{web.port}/") == "FETCH_ADDRESS_REFUSED"
    assert web.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "0", "[::1]"]
)
def test_no_spelling_of_this_machine_reaches_it(web: WebServer, call: ToolCall, host: str) -> None:
    """With the resolver and the addresses of the product; only the port is the test's."""
    tool = fetch_url_tool(Internet(ports={web.port}))

    with pytest.raises(ToolError) as caught:
        tool.run(FetchArguments(url=f"http://{host}:{web.port}/"), call)

    assert caught.value.reason in ("FETCH_ADDRESS_REFUSED", "FETCH_UNREACHABLE", "FETCH_URL_INVALID")
    assert web.requests == []


def test_the_product_reaches_the_usual_ports_alone(web: WebServer, call: ToolCall) -> None:
    with pytest.raises(ToolError) as caught:
        fetch_url_tool().run(FetchArguments(url=f"http://127.0.0.1:{web.port}/"), call)

    assert caught.value.reason == "FETCH_URL_INVALID"


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://library.test/", "file:///etc/passwd", "gopher://library.test/", "javascript:alert(1)", "library.test"),
        *(
            "//library.test/",
            "http:///x",
            "http://",
            "http://user@library.test/",
            "http://a:b@library.test/",
            "data:,x",
        ),
        *("http://@library.test/", "http://library.test:22/", "http://library.test:99999/", "http://li brary.test/"),
        *("http://library.test\\@10.0.0.7/", "http://[fe80::1%25eth0]/", "http://①②⑦.⓪.⓪.①/", "http://a\u0000b/"),
    ],
)
def test_an_address_that_is_no_plain_web_address_is_refused(
    fetch: Fetch, web: WebServer, names: Names, url: str
) -> None:
    assert failure(fetch, url) == "FETCH_URL_INVALID"
    assert (web.requests, names.asked) == ([], [])


def test_a_name_is_looked_up_once_for_a_connection(fetch: Fetch, web: WebServer, names: Names) -> None:
    """A second look-up could bring another address than the one that was checked."""
    web.answer = lambda _: PAGE

    fetch(f"http://library.test:{web.port}/")

    assert names.asked == ["library.test"]


def test_a_redirect_is_followed_with_its_own_check(fetch: Fetch, web: WebServer, names: Names) -> None:
    def answer(request: Request) -> Answer:
        return Answer(302, {"location": "../new?x=1#part"}) if request.path == "/old/page" else PAGE

    web.answer = answer

    result = fetch(f"http://library.test:{web.port}/old/page")

    assert result.sources[0].url == f"http://library.test:{web.port}/new?x=1"
    assert names.asked == ["library.test", "library.test"]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://metadata.test:{port}/latest", "FETCH_ADDRESS_REFUSED"),
        ("//both.test:{port}/", "FETCH_ADDRESS_REFUSED"),
        ("http://me@library.test:{port}/", "FETCH_URL_INVALID"),
        ("file:///etc/passwd", "FETCH_URL_INVALID"),
        ("http://library.test:22/", "FETCH_URL_INVALID"),
        ("http://[", "FETCH_URL_INVALID"),
    ],
)
def test_a_redirect_to_elsewhere_is_refused(fetch: Fetch, web: WebServer, target: str, code: str) -> None:
    web.answer = lambda _: Answer(307, {"location": target.replace("{port}", str(web.port))})

    assert failure(fetch, f"http://library.test:{web.port}/") == code
    assert len(web.requests) == 1


def test_redirects_without_end_stop(fetch: Fetch, web: WebServer) -> None:
    web.answer = lambda _: Answer(301, {"location": "/again"})

    assert failure(fetch, f"http://library.test:{web.port}/") == "FETCH_TOO_MANY_REDIRECTS"
    assert len(web.requests) == MAX_REDIRECTS + 1


def test_no_cookie_goes_back(fetch: Fetch, web: WebServer) -> None:
    def answer(request: Request) -> Answer:
        return Answer(302, {"location": "/b", "set-cookie": "id=1"}) if request.path == "/a" else PAGE

    web.answer = answer

    fetch(f"http://library.test:{web.port}/a")

    assert [request.headers.get("cookie") for request in web.requests] == [None, None]


@pytest.mark.parametrize("status", [204, 401, 403, 404, 500, 503])
def test_a_page_that_is_not_there_says_its_status(fetch: Fetch, web: WebServer, status: int) -> None:
    web.answer = lambda _: Answer(status, {"content-type": "text/html"})

    with pytest.raises(ToolError) as caught:
        fetch(f"http://library.test:{web.port}/")

    assert (caught.value.reason, caught.value.details) == ("FETCH_STATUS", {"status": status})


def endless(piece: bytes) -> Iterator[bytes]:
    return itertools.repeat(piece)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", lambda: b"x" * (MAX_BODY_BYTES + 1)),
        ("", lambda: endless(b"x" * 65_536)),
        ("gzip", lambda: gzip.compress(bytes(60_000_000))),
    ],
)
def test_a_page_without_end_or_that_unpacks_to_one_is_too_large(
    fetch: Fetch, web: WebServer, encoding: str, body: Callable[[], bytes]
) -> None:
    headers = {"content-type": "text/plain"} | ({"content-encoding": encoding} if encoding else {})
    web.answer = lambda _: Answer(headers=headers, body=body())

    assert failure(fetch, f"http://library.test:{web.port}/") == "FETCH_TOO_LARGE"


def test_a_packed_page_is_read(fetch: Fetch, web: WebServer) -> None:
    packed = {"content-type": "text/plain", "content-encoding": "gzip"}
    web.answer = lambda _: Answer(headers=packed, body=gzip.compress(b"Open at 9."))

    assert fetch(f"http://library.test:{web.port}/").observation.endswith("Open at 9.")


def test_a_server_that_drips_ends_at_the_deadline(fetch: Fetch, web: WebServer) -> None:
    def drip() -> Iterator[bytes]:
        while not web.released.wait(0.1):
            yield b"x"

    web.answer = lambda _: Answer(headers={"content-type": "text/plain"}, body=drip())
    start = time.monotonic()

    assert failure(fetch, f"http://library.test:{web.port}/") == "FETCH_TIMED_OUT"
    assert time.monotonic() - start < 5


def test_redirects_share_one_deadline(fetch: Fetch, web: WebServer) -> None:
    def slow(_: Request) -> Answer:
        web.released.wait(0.8)
        return Answer(302, {"location": "/next"})

    web.answer = slow
    start = time.monotonic()

    assert failure(fetch, f"http://library.test:{web.port}/") == "FETCH_TIMED_OUT"
    assert time.monotonic() - start < 5


def test_a_server_that_is_not_there_is_unreachable(fetch: Fetch, web: WebServer, names: Names) -> None:
    names.addresses["library.test"] = []

    assert failure(fetch, f"http://library.test:{web.port}/") == "FETCH_UNREACHABLE"
