"""A web server over real sockets whose answers a test gives, and which keeps what it was asked."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Body = bytes | Iterator[bytes]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """A body of pieces is sent without a length, until they end or the caller leaves."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Body = b""


@dataclass
class WebServer:
    """``answer`` is called for each request; ``released`` ends what waits for it when the test does."""

    answer: Callable[[Request], Answer] = lambda _: Answer(404)
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def web_server() -> Iterator[WebServer]:
    server = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            request = Request(self.command, self.path, headers, body)
            server.requests.append(request)
            self._send(server.answer(request))

        do_GET = do_POST = do_DELETE = handle_any  # noqa: N815

        def _send(self, answer: Answer) -> None:
            pieces = iter([answer.body]) if isinstance(answer.body, bytes) else answer.body
            length = {"content-length": str(len(answer.body))} if isinstance(answer.body, bytes) else {}
            self.send_response(answer.status)
            for name, value in (answer.headers | length).items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                for piece in pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server.port = listener.server_port
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.released.set()
        listener.shutdown()
        listener.server_close()
