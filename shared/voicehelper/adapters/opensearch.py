"""Calls of OpenSearch's REST interface through opensearch-py; signed where the host is AWS's.

``OpenSearch`` is the entry; ``index.opensearch`` calls it. The SDK is in a layer of its own and takes longer to import
than all else that a question needs, so the first call imports it, which only comes where OpenSearch was chosen.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from voicehelper.adapters.aws_call import current_region
from voicehelper.errors import UpstreamUnavailableError

if TYPE_CHECKING:
    from opensearchpy import Transport, Urllib3AWSV4SignerAuth

# The names that signatures know its two forms by.
SERVERLESS: Final = "aoss"
MANAGED: Final = "es"
# By a label of the host: https://docs.aws.amazon.com/general/latest/gr/opensearch-service.html
_SERVICES: Final = {"aoss": SERVERLESS, "es": MANAGED, "aos": MANAGED}
_PASSING: Final = frozenset({429, 502, 503, 504})
MOST_BYTES: Final = 16 * 1024 * 1024  # of an answer; ids of 10,000 chunks are the longest that is asked for, 1 MB
_STILL_BUSY_S: Final = 0.1


class Tries(NamedTuple):
    """``timeout_s`` bounds an attempt as a whole, but for the look-up of the host and a handshake of TLS.

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


class _Request(NamedTuple):
    method: str
    path: str
    content: bytes | None
    content_type: str


@dataclass(slots=True)
class OpenSearch:
    """One kept connection; calls of several threads wait for each other."""

    url: str
    sleep: Callable[[float], None] = time.sleep
    _transport: Transport | None = None
    _connection: http.client.HTTPConnection | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_serverless(self) -> bool:
        return service_of(self.url) == SERVERLESS

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, tries: Tries) -> dict[str, Any]:
        """The decoded response; OpenSearchError for any status but success."""
        content = None if body is None else json.dumps(body).encode()
        return self._call(_Request(method, path, content, "application/json"), tries)

    def call_lines(self, path: str, lines: Iterable[Mapping[str, Any]], *, tries: Tries) -> dict[str, Any]:
        """POST of a body with a JSON value a line, as ``_bulk`` and ``_msearch`` take it."""
        content = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
        return self._call(_Request("POST", path, content, "application/x-ndjson"), tries)

    def _call(self, request: _Request, tries: Tries) -> dict[str, Any]:
        for attempt in range(tries.attempts):
            try:
                with self._lock, _as_own_error(request):
                    return _object(self._send(request, tries.timeout_s))
            except OpenSearchError as error:
                if attempt == tries.attempts - 1 or (error.status and error.status not in _PASSING):
                    raise
            self.sleep(tries.pause_s * 2**attempt)
        raise AssertionError("unreachable")

    def _send(self, request: _Request, timeout_s: float) -> Any:
        import opensearchpy

        is_kept, started = self._connection is not None and self._connection.sock is not None, time.monotonic()
        try:
            return self._exchange(request, timeout_s)
        except opensearchpy.ConnectionError as error:
            left_s = started + timeout_s - time.monotonic()
            if not (is_kept and left_s > 0 and _was_closed(error.info)):
                raise
        # The server closed a connection that was idle; nothing of the call has run.
        return self._exchange(request, left_s)

    def _exchange(self, request: _Request, timeout_s: float) -> Any:
        if self._transport is None:
            self._transport = self._make_transport()
        headers = {"content-type": request.content_type}
        with self._ended_after(timeout_s):
            return self._transport.perform_request(
                request.method, request.path, body=request.content, timeout=timeout_s, headers=headers
            )

    def _make_transport(self) -> Transport:
        import opensearchpy

        # It would write each failure with a traceback, and bodies at DEBUG; whoever catches OpenSearchError writes.
        logging.getLogger("opensearch").setLevel(logging.CRITICAL)
        # Its own retries neither wait nor know 429.
        client = opensearchpy.OpenSearch([self.url], http_auth=_signer(self.url), max_retries=0)
        pool = client.transport.get_connection().pool
        make_connection = pool.ConnectionCls

        def remember(**options: Any) -> http.client.HTTPConnection:
            connection: http.client.HTTPConnection = make_connection(**options)
            connection.response_class = _BoundedResponse
            self._connection = connection
            return connection

        pool.ConnectionCls = remember
        return client.transport

    @contextlib.contextmanager
    def _ended_after(self, seconds: float) -> Iterator[None]:
        """No time-out of a socket ends an answer that comes a byte at a time."""
        over = threading.Event()

        def watch() -> None:
            wait_s = seconds
            while not over.wait(wait_s):
                _shut(self._connection)
                wait_s = _STILL_BUSY_S

        threading.Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            over.set()


def _shut(connection: http.client.HTTPConnection | None) -> None:
    """Whoever reads from it meets its end. Not the method of a TLS socket, which is for the thread that reads."""
    if connection is not None and connection.sock is not None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


class _BoundedResponse(http.client.HTTPResponse):
    """What is longer than ``MOST_BYTES`` is a failure, and so is a compressed answer: nothing asked for one."""

    def begin(self) -> None:
        super().begin()
        del self.headers["content-encoding"]

    def read(self, amt: int | None = None) -> bytes:
        content = super().read(MOST_BYTES + 1 if amt is None else amt)
        if len(content) > MOST_BYTES:
            raise http.client.HTTPException("the answer is too long")
        return content


def _signer(url: str) -> Urllib3AWSV4SignerAuth | None:
    if not (service := service_of(url)):
        return None
    import botocore.session
    from opensearchpy import Urllib3AWSV4SignerAuth

    return Urllib3AWSV4SignerAuth(botocore.session.get_session().get_credentials(), current_region(), service)


def _was_closed(cause: Any) -> bool:
    """Whether urllib3 met the end of a connection before an answer began."""
    return any(isinstance(part, ConnectionError) for part in getattr(cause, "args", ()))


@contextlib.contextmanager
def _as_own_error(request: _Request) -> Iterator[None]:
    name = f"{request.method} {request.path}"
    try:
        from opensearchpy import ConnectionError as NotReached
        from opensearchpy import OpenSearchException, TransportError
    except ImportError as error:  # `sam local` leaves out layers behind a condition
        raise OpenSearchError(name, 0, type(error).__name__) from error
    try:
        yield
    except NotReached as error:
        raise OpenSearchError(name, 0, type(error.info).__name__) from error
    except TransportError as error:
        # Not chained: what it quotes would be logged with it.
        raise OpenSearchError(name, int(error.status_code), _reason(error.info)) from None
    # Beside its own errors: no credentials, an answer that is no object, an error that is none, depth without end.
    except (OpenSearchException, ValueError, AttributeError, RecursionError) as error:
        raise OpenSearchError(name, 0, type(error).__name__) from None


def _object(answer: Any) -> dict[str, Any]:
    """ValueError for anything but a JSON object."""
    if not isinstance(answer, dict):
        raise ValueError(type(answer).__name__)  # noqa: TRY004 - as for what is no JSON at all
    return answer


def _reason(info: Any) -> str:
    """The type of the error as OpenSearch or the gateway before it says it; never the whole, which may hold text."""
    error = info.get("error", "") if isinstance(info, dict) else ""
    return str(error.get("type", "")) if isinstance(error, dict) else str(error)[:100]
