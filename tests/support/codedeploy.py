"""CodeDeploy for tests: takes what a hook reports, and hands every other call to the emulator, which has none."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

TARGET = "CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus"


class CodeDeploy(ThreadingHTTPServer):
    """``reports`` are the bodies of what hooks reported."""

    daemon_threads = True

    def __init__(self, emulator_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Calls)
        self.emulator = urlsplit(emulator_url).netloc
        self.reports: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Calls(BaseHTTPRequestHandler):
    server: CodeDeploy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("x-amz-target") == TARGET:
            self.server.reports.append(json.loads(body))
            self._answer(200, {}, b"{}")
        else:
            self._answer(*self._forwarded(body))

    def _forwarded(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """With its headers, which the signature covers, the host's name among them."""
        connection = http.client.HTTPConnection(self.server.emulator, timeout=60)
        connection.request("POST", self.path, body, dict(self.headers.items()))
        response = connection.getresponse()
        headers = {name: value for name, value in response.getheaders() if name.lower().startswith("x-amz")}
        return response.status, headers, response.read()

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def codedeploy(emulator_url: str) -> Iterator[CodeDeploy]:
    server = CodeDeploy(emulator_url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
