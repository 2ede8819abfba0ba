"""Calls of OpenSearch's REST interface with the standard library; signed where the host is AWS's.

``OpenSearch`` is the entry; ``index.opensearch`` calls it. The four calls that the index needs are bodies of JSON.
opensearch-py would add 8 MB (2.x) or 28 MB (3.x, with gRPC) to the functions that answer, and a second to their start.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from voicehelper.adapters.aws_call import current_region, open_connection, sign
from voicehelper.errors import UpstreamUnavailableError

# The names that signatures know its two forms by.
SERVERLESS: Final = "aoss"
MANAGED: Final = "es"
# By a label of the host: https://docs.aws.amazon.com/general/latest/gr/opensearch-service.html
_SERVICES: Final = {"aoss": SERVERLESS, "es": MANAGED, "aos": MANAGED}
_PASSING: Final = frozenset({429, 502, 503, 504})


class Tries(NamedTuple):
    """``timeout_s`` bounds an attempt as a whole, but for the look-up of the host.

    Between attempts ``pause_s`` passes, twice as much each time.
    """

    attempts: int
    timeout_s: float
    pause_s: float = 0.0


# A question is answered without it rather than late; its writer has time.
SEARCHING: Final = Tries(attempts=1, timeout_s=2.0)
WRITING: Final = Tries(attempts=4, timeout_s=30.0, pause_s=0.5)


class OpenSearchError(UpstreamUnavailableError):
    """It refused, failed or was not reachable; ``status`` is 0 where there was no answer."""

    def __init__(self, call: str, status: int, reason: str) -> None:
        super().__init__(f"OpenSearch {call}: {status} {reason}")
        self.status = status


def service_of(url: str) -> str:
    """``aoss`` or ``es`` for a host of AWS, and nothing for others, which are called without a signature."""
    host = urlsplit(url).hostname or ""
    if not host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".on.aws")):
        return ""
    return next((service for label, service in _SERVICES.items() if label in host.split(".")), "")


@dataclass(slots=True)
class OpenSearch:
    """One kept connection; calls of several threads wait for each other."""

    url: str
    sleep: Callable[[float], None] = time.sleep
    _connection: http.client.HTTPConnection | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_serverless(self) -> bool:
        return service_of(self.url) == SERVERLESS

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, tries: Tries) -> dict[str, Any]:
        """The decoded response; OpenSearchError for any status of 400 and above."""
        content = b"" if body is None else json.dumps(body).encode()
        return self._call(method, path, content, "application/json", tries)

    def call_lines(self, path: str, lines: Iterable[Mapping[str, Any]], *, tries: Tries) -> dict[str, Any]:
        """POST of a body with a JSON value a line, as ``_bulk`` and ``_msearch`` take it."""
        content = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
        return self._call("POST", path, content, "application/x-ndjson", tries)

    def _call(self, method: str, path: str, content: bytes, content_type: str, tries: Tries) -> dict[str, Any]:
        name = f"{method} {path}"
        for attempt in range(tries.attempts):
            try:
                status, answer = self._send(method, path, content, content_type, tries.timeout_s)
                if status < 400:
                    return _object(answer)
                error = OpenSearchError(name, status, _reason(answer))
            except (OSError, http.client.HTTPException, ValueError) as cause:
                error = OpenSearchError(name, 0, type(cause).__name__)
            if attempt == tries.attempts - 1 or (error.status and error.status not in _PASSING):
                raise error
            self.sleep(tries.pause_s * 2**attempt)
        raise AssertionError("unreachable")

    def _send(self, method: str, path: str, content: bytes, content_type: str, timeout_s: float) -> tuple[int, bytes]:
        with self._lock:
            is_kept, started = self._connection is not None, time.monotonic()
            try:
                return self._exchange(method, path, content, content_type, timeout_s)
            except (ConnectionError, http.client.RemoteDisconnected):
                if not is_kept or time.monotonic() - started >= timeout_s:
                    raise
            # The server closed a connection that was idle; nothing of the call has run.
            return self._exchange(method, path, content, content_type, timeout_s)

    def _exchange(
        self, method: str, path: str, content: bytes, content_type: str, timeout_s: float
    ) -> tuple[int, bytes]:
        connection = self._open(timeout_s)
        # No time-out of a socket ends an answer that comes a byte at a time.
        watch = threading.Timer(timeout_s, _shut, [connection])
        watch.start()
        try:
            connection.request(method, path, content, self._headers(method, path, content, content_type))
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._connection = None
            raise
        finally:
            watch.cancel()

    def _open(self, timeout_s: float) -> http.client.HTTPConnection:
        url = urlsplit(self.url)
        if self._connection is None:
            self._connection = open_connection(url.scheme, url.netloc, timeout_s)
        self._connection.timeout = timeout_s
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout_s)
        return self._connection

    def _headers(self, method: str, path: str, content: bytes, content_type: str) -> dict[str, str]:
        headers = {"content-type": content_type}
        if not (service := service_of(self.url)):
            return headers
        # Serverless collections ask for the digest as a header:
        # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-clients.html
        headers |= {"host": urlsplit(self.url).netloc, "x-amz-content-sha256": hashlib.sha256(content).hexdigest()}
        now, region = datetime.now(UTC), current_region()
        return sign(headers, content, service=service, region=region, now=now, path=path, method=method)


def _shut(connection: http.client.HTTPConnection) -> None:
    """Whoever reads from it meets its end. Not the method of a TLS socket, which is for the thread that reads."""
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


def _object(answer: bytes) -> dict[str, Any]:
    """ValueError for anything but a JSON object."""
    value = json.loads(answer)
    if not isinstance(value, dict):
        raise ValueError(type(value).__name__)  # noqa: TRY004 - as for what is no JSON at all
    return value


def _reason(answer: bytes) -> str:
    """The type of the error as OpenSearch or the gateway before it says it; never the whole, which may hold text."""
    try:
        error = json.loads(answer).get("error", "")
    except (ValueError, AttributeError):
        return ""
    return str(error.get("type", "")) if isinstance(error, dict) else str(error)[:100]
