"""One address in front of the gateway: what passes unchanged, and what it refuses itself."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from infra.local.front_door import MAX_BODY_BYTES
from infra.local.paths import ROOT
from tests.integration.local.conftest import until
from tests.support.postgres import free_port


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

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def upstream() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Upstream)
    server.seen = threading.Event()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
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
        f"{door}/a%2Fb/%E4%B8%AD?x=1&x=%2B", headers={"authorization": "Bearer t", "x-own": "1"}, content=b"body"
    )

    said = answer.json()

    assert said["path"] == "/api/$default/a%2Fb/%E4%B8%AD?x=1&x=%2B"
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
