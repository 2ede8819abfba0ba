"""A Docker for SAM CLI where there is none: takes orders for containers over the Engine's API, keeps them in
``created``, and runs the function of each as a process of this machine.

It shows what SAM CLI asks Docker for, and nothing of Docker itself: no image, no network, no limit.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

_CONTAINER = Path(__file__).with_name("container.py")
_IMAGE = {"Id": "sha256:1", "RepoTags": ["image:latest"], "RepoDigests": ["image@sha256:1"], "Config": {}}
# https://docs.docker.com/reference/api/engine/version/v1.44/
_ANSWERS: dict[str, tuple[int, Any]] = {
    "GET /_ping": (200, b"OK"),
    "GET /version": (200, {"ApiVersion": "1.44", "MinAPIVersion": "1.24", "Version": "27.0.0"}),
    "GET /images/.+": (200, _IMAGE),
    "GET /distribution/.+": (200, {"Descriptor": {"digest": "sha256:1"}, "Platforms": []}),
    "POST /build": (200, b'{"stream": "Successfully built 0123456789ab\\n"}\n'),
}


class FakeDocker:
    """``python`` runs functions, with ``layers`` on its path as an image would hold them."""

    def __init__(self, socket: Path, *, python: Path, layers: Sequence[Path]) -> None:
        self.url, self._socket = f"unix://{socket}", socket
        self._python, self._layers = python, layers
        self.created: list[dict[str, Any]] = []
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    @contextmanager
    def open(self) -> Iterator[FakeDocker]:
        api = type("Api", (_Api,), {"docker": self})
        with _Server(str(self._socket), api) as server:
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            try:
                yield self
            finally:
                server.shutdown()
                for number in list(self._running):
                    self._end(number)

    def answer(self, call: str, body: bytes) -> tuple[int, Any]:
        if call == "POST /containers/create":
            self.created.append(json.loads(body))
            return 201, {"Id": str(len(self.created) - 1), "Warnings": []}
        if found := re.fullmatch(r"(\w+) /containers/(\d+)(/\w+)?", call):
            return self._answer_about(int(found[2]), f"{found[1]} {found[3] or ''}")
        return next((answer for pattern, answer in _ANSWERS.items() if re.fullmatch(pattern, call)), (204, b""))

    def _answer_about(self, number: int, call: str) -> tuple[int, Any]:
        if call == "GET /json":
            return 200, self._state(number)
        if call == "POST /start":
            self._running[number] = self._start(self.created[number])
        if call.startswith("DELETE"):
            self._end(number)
        return 204, b""

    def _state(self, number: int) -> dict[str, Any]:
        running = number in self._running
        state = {"Status": "running" if running else "created", "Running": running}
        return {"Id": str(number), "Name": str(number), "Config": {"Tty": False}, "State": state}

    def _start(self, order: dict[str, Any]) -> subprocess.Popen[bytes]:
        host = order["HostConfig"]
        [task] = [bind.split(":")[0] for bind in host["Binds"] if ":/var/task" in bind]
        path = ":".join([task, *map(str, self._layers)])
        variables = dict(pair.split("=", 1) for pair in order["Env"]) | {"PYTHONPATH": path}
        hosts = dict(pair.split(":", 1) for pair in host["ExtraHosts"])
        port = host["PortBindings"]["8080/tcp"][0]["HostPort"]
        handler = variables["AWS_LAMBDA_FUNCTION_HANDLER"]
        command = [str(self._python), "-P", str(_CONTAINER), port, handler, json.dumps(hosts)]
        return subprocess.Popen(command, env=variables, cwd=task)

    def _end(self, number: int) -> None:
        if process := self._running.pop(number, None):
            process.kill()
            process.wait()


def write_docker_command(path: Path, *, info: object, network: object) -> None:
    """A `docker` that answers the two questions of `make sam-local`."""
    answers = f"case $1 in info) echo '{json.dumps(info)}';; network) echo '{json.dumps(network)}';; esac"
    path.write_text(f"#!/bin/sh\n{answers}\n", "utf-8")
    path.chmod(0o700)


class _Server(ThreadingUnixStreamServer):
    daemon_threads = True


class _Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    docker: FakeDocker

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = re.sub(r"^/v[\d.]+|\?.*$", "", self.path)
        status, answer = self.docker.answer(f"{self.command} {path}", body)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("api-version", "1.44")
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do_HEAD = serve  # noqa: N815 - the server's own names

    def log_message(self, *_: Any) -> None:
        """Otherwise it would print every call, and the address of a caller that has none."""
