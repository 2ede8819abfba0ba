"""A server that speaks OpenAI's protocol over real sockets, and misbehaves as its script says."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes | Iterator[bytes]]
Handler = Callable[[dict[str, Any]], Reply]
RESET = -1  # the status of a reply that is a TCP reset
RAW = 0  # the status of a reply whose body is everything that is sent, without a status line or headers of the server


@dataclass
class OpenAIServer:
    """``script`` holds one handler per request, the last of them for all that follow; ``requests`` is what arrived."""

    base_url: str = ""
    script: list[Handler] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def next_handler(self) -> Handler:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def answer(text: str, *, usage: bool | dict[str, Any] = True) -> Handler:
    """``usage`` True reports 100 and 20 tokens, False nothing."""
    body: dict[str, Any] = {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
    }  # fmt: skip
    if usage:
        body["usage"] = _USAGE if usage is True else usage
    return lambda _: (200, {}, json.dumps(body).encode())


_USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def tool_calls(*calls: tuple[str, str], content: str | None = None) -> Handler:
    """(name, arguments as the model writes them) of each function that it asks to be called."""
    asked = [
        {"id": f"call-{number}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for number, (name, arguments) in enumerate(calls)
    ]
    message = {"role": "assistant", "content": content, "tool_calls": asked}
    body = {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "m", "usage": _USAGE,
        "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}],
    }  # fmt: skip
    return lambda _: (200, {}, json.dumps(body).encode())


def stream(*pieces: str, breaks: bool = False, usage: dict[str, Any] | None = None) -> Handler:
    """Server-sent events, one a piece, then the usage; ``breaks`` ends in the middle of an event."""
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    chunks: list[dict[str, Any]] = [head | {"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    chunks.append(head | {"choices": [], "usage": usage or _USAGE})
    events = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    text = "".join(events[:-1]) + "data: {\n\n" if breaks else "".join([*events, "data: [DONE]\n\n"])
    return lambda _: (200, {"content-type": "text/event-stream"}, text.encode())


def embeddings(dimensions: int, *, reverse: bool = True) -> Handler:
    """One vector per input, its number as the first value; in reverse order, which the protocol allows."""

    def handle(request: dict[str, Any]) -> Reply:
        rows = [
            {"object": "embedding", "index": n, "embedding": [float(n + 1)] + [0.0] * (dimensions - 2) + [1.0]}
            for n, _ in enumerate(request["input"])
        ]
        body = {"object": "list", "model": "m", "data": rows[::-1] if reverse else rows, "usage": {"prompt_tokens": 1}}
        return 200, {}, json.dumps(body).encode()

    return handle


def meaningful_embeddings(dimensions: int) -> Handler:
    """Vectors that are near each other where texts share pairs of characters."""

    def vector(text: str) -> list[float]:
        values = [0.01] * dimensions
        for one, other in itertools.pairwise(text):
            values[zlib.crc32(f"{one}{other}".encode()) % dimensions] += 1.0
        return values

    def handle(request: dict[str, Any]) -> Reply:
        rows = [
            {"object": "embedding", "index": n, "embedding": vector(text)} for n, text in enumerate(request["input"])
        ]
        body = {"object": "list", "model": "m", "data": rows, "usage": {"prompt_tokens": 1}}
        return 200, {}, json.dumps(body).encode()

    return handle


def failure(status: int, **headers: str) -> Handler:
    return lambda _: (status, headers, json.dumps({"error": {"message": "no", "type": "x"}}).encode())


def raw(body: bytes, **headers: str) -> Handler:
    return lambda _: (200, headers, body)


@contextlib.contextmanager
def running_server() -> Iterator[OpenAIServer]:
    state = OpenAIServer()

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.requests.append({"path": self.path, "key": self.headers.get("authorization"), **request})
            status, headers, body = state.next_handler()(request)
            with contextlib.suppress(OSError):  # the client has left
                self._send(status, headers, body)

        def _send(self, status: int, headers: dict[str, str], body: bytes | Iterator[bytes]) -> None:
            if status == RESET:
                self._reset()
                return
            if status != RAW:
                length = {"content-length": str(len(body))} if isinstance(body, bytes) else {}
                self.send_response(status)
                for name, value in {"content-type": "application/json", **length, **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
            for piece in [body] if isinstance(body, bytes) else body:
                if state.released.is_set():
                    return
                self.wfile.write(piece)
                self.wfile.flush()

        def _reset(self) -> None:
            """Closed without lingering, a connection is reset instead of ended."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

        def log_message(self, *_: Any) -> None:
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
