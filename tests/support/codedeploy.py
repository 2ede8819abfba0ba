"""CodeDeploy for tests, which the emulator has not: it takes what a hook reports, and nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TARGET = "CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus"


class CodeDeploy(ThreadingHTTPServer):
    """``reports`` are the bodies of what hooks reported."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Calls)
        self.reports: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Calls(BaseHTTPRequestHandler):
    server: CodeDeploy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        signed = self.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 ")
        is_report = self.headers.get("x-amz-target") == TARGET and signed
        if is_report:
            self.server.reports.append(json.loads(body))
        self.send_response(200 if is_report else 400)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def codedeploy() -> Iterator[CodeDeploy]:
    server = CodeDeploy()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
