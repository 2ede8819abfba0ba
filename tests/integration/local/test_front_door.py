"""One address in front of the gateway: what passes unchanged, and what it refuses itself."""

from __future__ import annotations

import contextlib
import json
import posixpath
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from voicehelper.observability.segments import parse_header
from voicehelper_cli.trace_sources import wanted_id

from infra.local.endpoint import FRONT_DOOR_HEADER
from infra.local.front_door import MAX_BODY_BYTES, ROUTE_AT_ONCE
from infra.local.paths import ROOT
from tests.support.polling import until
from tests.support.postgres import free_port
from tests.support.refusals import has_shape


class _Upstream(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        said = {
            "path": self.path,
            "headers": self.headers.items(),
            "body": body.decode("latin-1")[:100],
            "n": len(body),
        }
        content = json.dumps(said).encode()
        self.send_response(207)
        self.send_header("content-length", str(len(content)))
        self.send_header("set-cookie", "a=1")
        self.send_header("set-cookie", "b=2")
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """Two pieces, the second only when the first has been seen."""
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nfirst\r\n")
        self.server.seen.wait(10)  # type: ignore[attr-defined]
        self.wfile.write(b"6\r\nsecond\r\n0\r\n\r\n")

    def do_PUT(self) -> None:
        """A failure of the gateway's own, or of the product's where the path asks for it."""
        own = self.path.endswith("/own")
        content = b'{"errorType": "Runtime.ExitError"}'
        self.send_response(int(self.headers["x-status"]))
        self.send_header("content-length", str(len(content)))
        if own:
            self.send_header("x-request-id", "of-the-product")
        self.end_headers()
        self.wfile.write(content)

    def do_PATCH(self) -> None:
        """No answer until the caller has left."""
        self.server.arrived[self.path.removeprefix("/api/$default")] += 1  # type: ignore[attr-defined]
        self.server.seen.clear()  # type: ignore[attr-defined]
        self.server.left.clear()  # type: ignore[attr-defined]
        self.server.seen.set()  # type: ignore[attr-defined]
        if self.connection.recv(1) == b"":
            self.server.left.set()  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        pass


class _UpstreamServer(ThreadingHTTPServer):
    request_queue_size = 200
    daemon_threads = True


@pytest.fixture(scope="module")
def upstream() -> Iterator[ThreadingHTTPServer]:
    server = _UpstreamServer(("127.0.0.1", 0), _Upstream)
    server.seen, server.left = threading.Event(), threading.Event()  # type: ignore[attr-defined]
    server.arrived = Counter()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()


def _open(api_url: str, folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    with (folder / "door.log").open("wb") as log:
        command = [sys.executable, "-m", "infra.local.front_door", str(port), api_url]
        door = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)

    def answers() -> bool:
        try:
            return bool(httpx.request("TRACE", f"http://127.0.0.1:{port}/"))
        except httpx.HTTPError:
            return False

    until(answers)
    return door, f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def door(upstream: ThreadingHTTPServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    api = f"http://127.0.0.1:{upstream.server_address[1]}/api/$default"
    process, url = _open(api, tmp_path_factory.mktemp("door"))
    yield url
    process.kill()
    process.wait()


def test_path_query_headers_and_body_pass_unchanged(door: str) -> None:
    answer = httpx.post(
        f"{door}/a%20b/%E4%B8%AD?x=1&x=%2B", headers={"authorization": "Bearer t", "x-own": "1"}, content=b"body"
    )

    said = answer.json()

    assert said["path"] == "/api/$default/a%20b/%E4%B8%AD?x=1&x=%2B"
    assert {"x-own": "1", "authorization": "Bearer t"}.items() <= {k.lower(): v for k, v in said["headers"]}.items()
    assert (said["body"], answer.status_code) == ("body", 207)
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_an_answer_is_handed_on_while_it_is_made(door: str, upstream: ThreadingHTTPServer) -> None:
    with httpx.stream("GET", f"{door}/stream") as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"first"
        upstream.seen.set()  # type: ignore[attr-defined]
        assert b"".join(pieces) == b"second"


def test_a_body_at_the_gateways_limit_passes(door: str) -> None:
    assert httpx.post(door, content=b"x" * MAX_BODY_BYTES, timeout=30).json()["n"] == MAX_BODY_BYTES


@pytest.mark.parametrize("announced", [True, False])
def test_a_larger_body_is_413_in_the_products_shape(door: str, announced: bool) -> None:
    large = b"x" * (MAX_BODY_BYTES + 1)
    content = large if announced else iter([large[:1_000_000], large[1_000_000:]])

    answer = httpx.post(door, content=content, headers={"accept-language": "en"}, timeout=30)

    assert answer.status_code == 413
    assert answer.json()["code"] == "PAYLOAD_TOO_LARGE"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/mcp", "/api/v1/dify/retrieval"])
def test_clients_of_other_protocols_get_a_refusal_in_the_shape_of_theirs(door: str, path: str) -> None:
    answer = httpx.post(door + path, content=b"x" * (MAX_BODY_BYTES + 1), timeout=30)

    assert answer.status_code == 413
    assert has_shape(path, answer.json())


@pytest.mark.parametrize("path", ["/v1/../mcp", "/v1//models", "/v1/%2e%2e/x", "/mcp/..", "/v1%2fmodels", "/v1/.%2e/"])
def test_paths_of_other_protocols_are_passed_on_in_their_plain_spelling_only(door: str, path: str) -> None:
    address = urlsplit(door)
    with socket.create_connection((address.hostname or "", address.port or 0), 10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode())
        status = connection.recv(65_536).split(b" ", 2)[1]

    assert status == b"404"


def test_a_caller_that_reads_only_after_it_has_sent_everything_sees_the_413_too(door: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(door, data=b"x" * 4 * MAX_BODY_BYTES), timeout=30)

    assert refused.value.code == 413


def test_a_missing_gateway_is_503_in_the_products_shape(tmp_path: Path) -> None:
    process, url = _open(f"http://127.0.0.1:{free_port()}/api", tmp_path)

    answer = httpx.get(url)
    process.kill()
    process.wait()

    assert (answer.status_code, answer.json()["code"]) == (503, "UPSTREAM_UNAVAILABLE")


def _send(door: str, target: bytes, *, host: str | None = "", method: bytes = b"POST") -> bytes:
    """What comes back for a target that is sent as it is, however odd."""
    address = httpx.URL(door)
    lines = [b"%s %s HTTP/1.1" % (method, target), b"Content-Length: 0", b"Connection: close"]
    if host is not None:
        lines.append(b"Host: " + (host or address.netloc.decode()).encode())
    with socket.create_connection((address.host, address.port or 80), 10) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def _json(answer: bytes) -> dict[str, Any]:
    return dict(json.loads(answer[answer.index(b"{") : answer.rindex(b"}") + 1]))  # whole or in one chunk


SEGMENTS = [
    "..",
    ".",
    "%2e%2e",
    "%2E.",
    "%252e%252e",
    "a",
    "api",
    "v1",
    "",
    "%2f",
    "%5c",
    "\\",
    "@host",
    "..;",
    "%00",
    "中",
]
PIECES = st.lists(st.sampled_from(SEGMENTS) | st.text("ab./\\%25ef@:?#;&=~", max_size=6), min_size=1, max_size=7)
STARTS = st.sampled_from(
    ["/", "//", "", "http://127.0.0.1/", "http://page.example/", "@page.example/", "\\", "/%2f", "/."]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=STARTS, pieces=PIECES)
@example(start="/", pieces=["v1", ".."])  # of a protocol that has errors of its own shape
@example(start="/", pieces=["api", "v1", "dify", ".."])
@example(start="/", pieces=["mcp", ".."])
def test_what_arrives_upstream_is_below_the_stage_whoever_reads_it(door: str, start: str, pieces: list[str]) -> None:
    target = (start + "/".join(pieces)).encode("ascii", "ignore") or b"/"

    answer = _send(door, target)

    assert _status(answer) in (207, 400, 404)  # 400 for what is no HTTP
    if _status(answer) == 404:
        assert has_shape(unquote(target.decode().partition("?")[0]), _json(answer))
    if _status(answer) == 207:
        arrived = _json(answer)["path"].partition("?")[0]
        assert arrived == f"/api/$default{target.decode().partition('?')[0]}"
        for _ in range(5):
            assert posixpath.normpath(arrived.replace("\\", "/")).startswith("/api/$default")
            arrived = unquote(arrived)


@pytest.mark.parametrize(
    "target",
    [
        "/../x", "/a/../../x", "/./x", "/a/..", "/%2e%2e/x", "/.%2E/x", "/%252e%252e/x", "/a%2f..%2fx", "/a%2Fb",
        "/a%5c..%5cx", "/..%5cx", "/..\\x", "//x", "/a//x", "/%2f/x", "http://127.0.0.1/x", "@127.0.0.1/x", "x", "*",
        "/%" + "25" * 9 + "2e",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", [b"GET", b"POST", b"OPTIONS"])
def test_a_path_that_is_not_plain_is_not_found(door: str, target: str, method: bytes) -> None:
    answer = _send(door, target.encode(), method=method)

    assert (_status(answer), _json(answer)["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LocalHost"])
def test_the_machines_own_names_are_known(door: str, name: str) -> None:
    assert _status(_send(door, b"/x", host=f"{name}:{httpx.URL(door).port}")) == 207


@pytest.mark.parametrize(
    "host",
    ["page.example", "page.example:{port}", "localhost", "localhost:1", "127.0.0.1.page.example:{port}",
     "localhost:{port}@page.example", "localhost:{port}\r\nHost: page.example:{port}", "user@localhost:{port}"],
)  # fmt: skip
def test_another_host_is_refused(door: str, host: str) -> None:
    answer = _send(door, b"/x", host=host.format(port=httpx.URL(door).port))

    assert _status(answer) in (400, 403)  # 400 where the server itself refuses two of them
    assert _status(answer) == 400 or _json(answer)["code"] == "FORBIDDEN"


def test_headers_of_one_connection_end_with_it(door: str) -> None:
    headers = {
        "connection": "keep-alive, x-mine",
        "x-mine": "1",
        "proxy-authorization": "p",
        FRONT_DOOR_HEADER: "forged",
    }

    arrived = {name.lower() for name, _ in httpx.post(f"{door}/x", headers=headers).json()["headers"]}

    assert not {"x-mine", "proxy-authorization", FRONT_DOOR_HEADER} & arrived


@pytest.mark.parametrize(
    ("status", "shown", "code"),
    [(429, 429, "TOO_MANY_REQUESTS"), (500, 503, "UPSTREAM_UNAVAILABLE"), (502, 503, "UPSTREAM_UNAVAILABLE"),
     (503, 503, "UPSTREAM_UNAVAILABLE"), (504, 503, "UPSTREAM_UNAVAILABLE")],
)  # fmt: skip
def test_a_failure_of_the_gateway_is_in_the_products_shape(door: str, status: int, shown: int, code: str) -> None:
    answer = httpx.put(f"{door}/x", headers={"x-status": str(status), "accept-language": "en"})

    assert (answer.status_code, answer.json()["code"]) == (shown, code)
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_of_the_product_passes_as_it_is(door: str, status: int) -> None:
    answer = httpx.put(f"{door}/own", headers={"x-status": str(status)})

    assert (answer.status_code, answer.headers["x-request-id"]) == (status, "of-the-product")


def test_a_caller_that_leaves_takes_its_call_along(door: str, upstream: ThreadingHTTPServer) -> None:
    upstream.seen.clear()  # type: ignore[attr-defined]
    with pytest.raises(httpx.ReadTimeout):
        httpx.patch(f"{door}/x", timeout=0.5)

    assert upstream.seen.wait(5)  # type: ignore[attr-defined]
    assert upstream.left.wait(5)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("one", "other"),
    [("/bases", "/bases"), (f"/bases/{UUID(int=1)}", f"/bases/{UUID(int=2)}"), ("/rag/query?a=1", "/rag/query?b=2")],
)
def test_calls_over_what_a_route_may_have_at_once_are_told_when_to_come_back(
    door: str, upstream: ThreadingHTTPServer, one: str, other: str
) -> None:
    with _waiting(door, upstream, one, ROUTE_AT_ONCE):
        refused = httpx.patch(door + other, headers={"accept-language": "en"})
        elsewhere = httpx.post(door + other)

    assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_REQUESTS")
    assert int(refused.headers["retry-after"]) > 0
    assert elsewhere.status_code == 207


def test_a_route_is_free_again_when_its_callers_have_left(door: str, upstream: ThreadingHTTPServer) -> None:
    with _waiting(door, upstream, "/left", ROUTE_AT_ONCE):
        pass

    until(lambda: _outlasts(f"{door}/left"))


def _outlasts(url: str) -> bool:
    try:
        return httpx.patch(url, timeout=0.5).status_code != 429
    except httpx.ReadTimeout:  # nobody answers it, so it has been let in
        return True


@contextlib.contextmanager
def _waiting(door: str, upstream: ThreadingHTTPServer, path: str, calls: int) -> Iterator[None]:
    """So many calls that are never answered."""
    address = httpx.URL(door)
    with contextlib.ExitStack() as connections:
        for _ in range(calls):
            connection = connections.enter_context(socket.create_connection((address.host, address.port or 80)))
            connection.sendall(f"PATCH {path} HTTP/1.1\r\nhost: {address.netloc.decode()}\r\n\r\n".encode())
        until(lambda: upstream.arrived[path] >= calls)  # type: ignore[attr-defined]
        yield


def test_each_call_has_a_trace_of_its_own_whatever_header_it_brings(door: str) -> None:
    brought = {"X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"}
    passed, refused = httpx.post(door, content=b"", headers=brought), httpx.request("TRACE", door, headers=brought)

    [handed_on] = [value for name, value in passed.json()["headers"] if name.lower() == "x-amzn-trace-id"]
    header = parse_header(handed_on)

    assert header
    assert passed.headers["x-amzn-trace-id"] == f"Root={header.root};Sampled=1"
    assert len({header.root, wanted_id(refused.headers["x-amzn-trace-id"]), wanted_id(brought["X-Amzn-Trace-Id"])}) == 3
