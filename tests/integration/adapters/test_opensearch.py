"""What the client of OpenSearch sends, repeats and bounds, against a server that says what the test wants."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from voicehelper.adapters.opensearch import OpenSearch, OpenSearchError, Tries

ONCE, THRICE = Tries(1, 0.5), Tries(3, 0.5)


@dataclass
class Server:
    url: str
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    calls: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    closes: bool = False


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            state.calls.append((self.command, self.path, self.headers["content-type"], body))
            state.connections.add(self.client_address)
            status, content = state.answers.pop(0) if state.answers else (200, b"{}")
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = state.closes

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - as the base class calls them

        def log_message(self, *arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        state = Server(f"http://127.0.0.1:{http.server_port}")
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield state
        http.shutdown()


def pauses(url: str) -> tuple[OpenSearch, list[float]]:
    waited: list[float] = []
    return OpenSearch(url, sleep=waited.append), waited


def test_lines_are_values_of_json_each_ended(server: Server) -> None:
    OpenSearch(server.url).call_lines("/_bulk", [{"index": {}}, {"text": "a\nb 滤网\u2028"}], tries=ONCE)

    [(method, path, content_type, body)] = server.calls
    assert (method, path, content_type) == ("POST", "/_bulk", "application/x-ndjson")
    assert [json.loads(line) for line in body.decode().split("\n")[:-1]] == [{"index": {}}, {"text": "a\nb 滤网\u2028"}]


def test_calls_share_a_connection(server: Server) -> None:
    client = OpenSearch(server.url)

    for _ in range(3):
        client.call("GET", "/x", tries=ONCE)

    assert (len(server.calls), len(server.connections)) == (3, 1)


def test_a_connection_that_was_closed_meanwhile_costs_no_attempt(server: Server) -> None:
    server.closes = True
    client = OpenSearch(server.url)
    client.call("GET", "/x", tries=ONCE)
    time.sleep(0.1)

    client.call("GET", "/x", tries=ONCE)

    assert len(server.connections) == 2


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again_with_growing_pauses(server: Server, status: int) -> None:
    server.answers = [(status, b"busy"), (status, b"busy"), (200, b'{"took": 1}')]
    client, waited = pauses(server.url)

    answer = client.call("POST", "/x", {}, tries=Tries(3, 0.5, pause_s=0.5))

    assert (answer, waited) == ({"took": 1}, [0.5, 1.0])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_a_refusal_is_said_at_once_without_what_it_quotes(server: Server, status: int) -> None:
    error = {"error": {"type": "mapper_parsing_exception", "reason": "the text of a document"}, "status": status}
    server.answers = [(status, json.dumps(error).encode())]

    with pytest.raises(OpenSearchError, match=f"POST /x: {status} mapper_parsing_exception$") as caught:
        OpenSearch(server.url).call("POST", "/x", {}, tries=THRICE)

    assert (caught.value.status, len(server.calls)) == (status, 1)


@pytest.mark.parametrize("content", [b"", b"<html>busy</html>", b"[1", b"\xff"])
def test_an_answer_that_is_no_json_is_a_failure(server: Server, content: bytes) -> None:
    server.answers = [(200, content)]

    with pytest.raises(OpenSearchError):
        OpenSearch(server.url).call("GET", "/x", tries=ONCE)


@pytest.mark.parametrize("content", [b"[]", b'"x"', b"null", b"7"])
def test_json_of_another_shape_is_a_failure(server: Server, content: bytes) -> None:
    server.answers = [(200, content)]

    with pytest.raises(OpenSearchError):
        OpenSearch(server.url).call("GET", "/x", tries=ONCE)


def test_nobody_there_is_a_failure_after_the_attempts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    client, waited = pauses(url)

    with pytest.raises(OpenSearchError, match="ConnectionRefusedError"):
        client.call("GET", "/x", tries=THRICE)

    assert len(waited) == 2


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"])
def test_a_server_that_drips_is_given_up_in_time(begins: bytes) -> None:
    over = threading.Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(begins)
            while not over.wait(0.1):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, daemon=True).start()
        started = time.monotonic()
        with pytest.raises(OpenSearchError):
            OpenSearch(f"http://127.0.0.1:{listening.getsockname()[1]}").call("GET", "/x", tries=ONCE)
        took_s = time.monotonic() - started
        over.set()

    assert took_s < 2
