"""What the client of OpenSearch sends, repeats and bounds, against a server that says what the test wants."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import socket
import sys
import threading
import time
import traceback
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from voicehelper.adapters.aws_call import signature_of
from voicehelper.adapters.opensearch import MOST_BYTES, OpenSearch, OpenSearchError, Tries

ONCE, THRICE = Tries(1, 0.5), Tries(3, 0.5)


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    headers: Mapping[str, str]  # by names in lower case
    body: bytes


@dataclass
class Server:
    """``answers`` come in turn, then empty objects; None ends the connection without one."""

    url: str
    answers: list[tuple[int, bytes] | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    calls: list[Call] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    closes: bool = False


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.calls.append(Call(self.command, self.path, headers, body))
            state.connections.add(self.client_address)
            self.close_connection = state.closes
            if answer := state.answers.pop(0) if state.answers else (200, b"{}"):
                self.reply(*answer)
            else:
                self.close_connection = True

        def reply(self, status: int, content: bytes) -> None:
            self.send_response(status)
            length = {} if "transfer-encoding" in state.headers else {"content-length": str(len(content))}
            for name, value in {**length, **state.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - as the base class calls them

        def log_message(self, *arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        state = Server(f"http://127.0.0.1:{http.server_port}")
        threading.Thread(target=http.serve_forever, args=[0.01], daemon=True).start()
        yield state
        http.shutdown()


def pauses(url: str) -> tuple[OpenSearch, list[float]]:
    waited: list[float] = []
    return OpenSearch(url, sleep=waited.append), waited


def test_lines_are_values_of_json_each_ended(server: Server) -> None:
    OpenSearch(server.url).call_lines("/_bulk", [{"index": {}}, {"text": "a\nb 滤网\u2028"}], tries=ONCE)

    [call] = server.calls
    assert (call.method, call.path, call.headers["content-type"]) == ("POST", "/_bulk", "application/x-ndjson")
    assert [json.loads(line) for line in call.body.decode().split("\n")[:-1]] == [
        {"index": {}},
        {"text": "a\nb 滤网\u2028"},
    ]


@pytest.mark.parametrize("token", ["", "a session's"])
def test_what_a_host_of_aws_gets_bears_a_signature_of_itself(
    server: Server, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    here = socket.getaddrinfo("127.0.0.1", urlsplit(server.url).port, type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
    client = OpenSearch(f"http://abc123.aoss.eu-west-1.on.aws:{urlsplit(server.url).port}")

    client.call("PUT", "/voicehelper-dev/_mapping", {"properties": {}}, tries=ONCE)
    client.call_lines("/_msearch", [{"index": "滤网"}, {}], tries=ONCE)

    assert [call.headers["x-amz-content-sha256"] for call in server.calls] == [
        hashlib.sha256(call.body).hexdigest() for call in server.calls
    ]
    assert [call.headers.get("x-amz-security-token", "") for call in server.calls] == [token, token]
    for call in server.calls:
        key, scope, names, signature = _signed(call)
        lines = "".join(f"{name}:{call.headers[name]}\n" for name in names.split(";"))
        request = f"{call.method}\n{call.path}\n\n{lines}\n{names}\n{hashlib.sha256(call.body).hexdigest()}"
        assert (key, scope[8:]) == ("AKIDEXAMPLE", "/eu-west-1/aoss/aws4_request")
        assert signature == signature_of(request, call.headers["x-amz-date"], scope)


def _signed(call: Call) -> tuple[str, ...]:
    """Key, scope, names of headers, signature."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=(\w+)/(\S+), SignedHeaders=(\S+), Signature=(\w+)", call.headers["authorization"]
    )
    assert found
    return found.groups()


def test_others_get_none(server: Server) -> None:
    OpenSearch(server.url).call("GET", "/x", tries=ONCE)

    assert "authorization" not in server.calls[0].headers


def test_an_address_may_have_a_sign_in_and_a_path(server: Server) -> None:
    url = server.url.replace("//", "//you:p%40ss@") + "/search"

    OpenSearch(url).call("GET", "/x", tries=ONCE)

    [call] = server.calls
    assert (call.path, call.headers["authorization"]) == ("/search/x", f"Basic {b64encode(b'you:p@ss').decode()}")


def test_a_host_of_aws_without_credentials_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/none")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/none")

    with pytest.raises(OpenSearchError):
        OpenSearch("https://abc123.aoss.eu-west-1.on.aws").call("GET", "/x", tries=ONCE)


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


def test_a_kept_connection_that_ends_under_a_call_costs_no_attempt(server: Server) -> None:
    server.answers = [(200, b"{}"), None, (200, b'{"took": 1}')]
    client = OpenSearch(server.url)
    client.call("GET", "/x", tries=ONCE)

    answer = client.call("GET", "/x", tries=ONCE)

    assert (answer, len(server.connections)) == ({"took": 1}, 2)


def test_a_new_connection_that_ends_under_a_call_is_a_failure(server: Server) -> None:
    server.answers = [None]

    with pytest.raises(OpenSearchError, match=r"GET /x: 0 ProtocolError$"):
        OpenSearch(server.url).call("GET", "/x", tries=ONCE)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again_with_growing_pauses(server: Server, status: int) -> None:
    server.answers = [(status, b"busy"), (status, b"busy"), (200, b'{"took": 1}')]
    client, waited = pauses(server.url)

    answer = client.call("POST", "/x", {}, tries=Tries(3, 0.5, pause_s=0.5))

    assert (answer, waited) == ({"took": 1}, [0.5, 1.0])


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 500])
def test_a_refusal_is_said_at_once_without_what_it_quotes(server: Server, status: int) -> None:
    cause = {"type": "mapper_parsing_exception", "reason": "the text of a document"}
    server.answers = [(status, json.dumps({"error": {**cause, "root_cause": [cause]}, "status": status}).encode())]

    with pytest.raises(OpenSearchError, match=f"POST /x: {status} mapper_parsing_exception$") as caught:
        OpenSearch(server.url).call("POST", "/x", {}, tries=THRICE)

    assert (caught.value.status, len(server.calls)) == (status, 1)
    assert "the text of a document" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"error": "no handler"}', "403 no handler"),
        (b'{"error": {"reason": "secret"}}', "403 "),
        (b'{"error": null}', "403 None"),
        (b'{"message": "secret"}', "403 "),
        (b"<html>secret</html>", "403 "),
        (b'"secret"', "0 AttributeError"),
        (b'["secret"]', "0 AttributeError"),
        (b"", "403 "),
    ],
)
def test_a_refusal_in_any_form_says_no_more_than_its_kind(server: Server, content: bytes, reason: str) -> None:
    server.answers = [(403, content)]

    with pytest.raises(OpenSearchError) as caught:
        OpenSearch(server.url).call("POST", "/x", {}, tries=ONCE)

    assert str(caught.value) == f"OpenSearch POST /x: {reason}"
    assert "secret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("content_type", ["application/json", "text/html", ""])
@pytest.mark.parametrize("content", [b"", b"<html>busy</html>", b"[1", b"\xff", b"[]", b'"x"', b"7", b"[" * 200_000])
def test_an_answer_that_is_no_json_object_is_a_failure(server: Server, content: bytes, content_type: str) -> None:
    server.answers, server.headers = [(200, content)], {"content-type": content_type}

    with pytest.raises(OpenSearchError):
        OpenSearch(server.url).call("GET", "/x", tries=ONCE)


TOO_LONG = b"{" + b" " * MOST_BYTES + b"}"


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (TOO_LONG, {}),
        (b"%x\r\n%s\r\n0\r\n\r\n" % (len(TOO_LONG), TOO_LONG), {"transfer-encoding": "chunked"}),
        (gzip.compress(b"{}"), {"content-encoding": "gzip"}),
    ],
    ids=["in one", "in chunks", "compressed"],
)
def test_no_more_is_read_and_nothing_unpacked_than_was_asked_for(
    server: Server, content: bytes, headers: dict[str, str]
) -> None:
    server.answers, server.headers = [(200, content)], headers

    with pytest.raises(OpenSearchError):
        OpenSearch(server.url).call("GET", "/x", tries=Tries(1, 5.0))


def test_nobody_there_is_a_failure_after_the_attempts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    client, waited = pauses(url)

    with pytest.raises(OpenSearchError, match=r"GET /x: 0 NewConnectionError$"):
        client.call("GET", "/x", tries=THRICE)

    assert len(waited) == 2


def test_a_function_without_the_layer_goes_on_as_without_opensearch(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opensearchpy", None)

    with pytest.raises(OpenSearchError, match=r"GET /x: 0 ModuleNotFoundError$"):
        OpenSearch(server.url).call("GET", "/x", tries=ONCE)


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
