"""HTTP for remote calls with a budget: ``http_client`` is what ``client.make_client`` gives to the openai client.

Bodies are decompressed here, piece by piece, so that a small body that unpacks to a large one is noticed while it
unpacks. Redirects are not followed: the key would go where the response says.
"""

from __future__ import annotations

import contextlib
import functools
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, cast

import httpcore2
import httpx2

from voicehelper.models.openai.call_budget import CallBudget, current_budget
from voicehelper.models.openai.network import BudgetedBackend, LookUp

if TYPE_CHECKING:
    import ssl

_PIECE_BYTES: Final = 64_000
_GZIP: Final = 16 + zlib.MAX_WBITS
_FAILURES: Final = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)


def http_client() -> httpx2.Client:
    return httpx2.Client(transport=BudgetedTransport(), follow_redirects=False)


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """One for all providers: reading the certificates costs as much CPU as fifty requests."""
    return httpx2.create_ssl_context()


class BudgetedTransport(httpx2.BaseTransport):
    """Runs each request within the budget that is active when it starts, until its body has been read.

    ``look_up`` gives the addresses that a connection to a host may be made to.
    """

    def __init__(self, look_up: LookUp | None = None) -> None:
        # Not bounded: who waited for a connection would do so without a deadline.
        self._pool = httpcore2.ConnectionPool(
            max_connections=None,
            ssl_context=_ssl_context(),
            network_backend=BudgetedBackend(look_up),
            keepalive_expiry=30.0,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        budget = current_budget()
        with _as_transport_errors():
            response = self._pool.handle_request(_core_request(request))
        encoding = _encoding_of(response)
        body = _Body(response, encoding, budget)
        headers = [pair for pair in response.headers if pair[0].lower() not in (b"content-encoding", b"content-length")]
        return httpx2.Response(response.status, headers=headers, stream=body, extensions=response.extensions)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, response: httpcore2.Response, encoding: str, budget: CallBudget) -> None:
        self._response, self._encoding, self._budget = response, encoding, budget

    def __iter__(self) -> Iterator[bytes]:
        """Pieces as the caller asks for them, which may be in another block than the request was started in."""
        pieces = self._pieces()
        while (piece := self._next(pieces)) is not None:
            yield piece

    def _next(self, pieces: Iterator[bytes]) -> bytes | None:
        with self._budget.active(), _as_transport_errors():
            piece = next(pieces, None)
        self._budget.timeout_s()
        return piece

    def _pieces(self) -> Iterator[bytes]:
        received = cast("Iterable[bytes]", self._response.stream)
        for piece in unpack(received) if self._encoding == "gzip" else received:
            self._budget.count_body(len(piece))
            yield piece

    def close(self) -> None:
        self._response.close()


def unpack(received: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a gzip body in pieces of at most ``_PIECE_BYTES``; DecodingError if it is damaged or cut off."""
    decompressor = zlib.decompressobj(_GZIP)
    try:
        for packed in received:
            while packed:
                yield decompressor.decompress(packed, _PIECE_BYTES)
                packed = decompressor.unconsumed_tail
        yield decompressor.flush()
    except zlib.error as error:
        raise httpx2.DecodingError(str(error)) from error
    if not decompressor.eof:
        raise httpx2.DecodingError("the body is cut off")


def _core_request(request: httpx2.Request) -> httpcore2.Request:
    """The same request, asking for no other compression than ``unpack`` can read."""
    request.headers["accept-encoding"] = "gzip"
    url = request.url
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=cast("httpx2.SyncByteStream", request.stream),
        extensions=request.extensions,
    )


def _encoding_of(response: httpcore2.Response) -> str:
    """gzip or nothing; DecodingError for any other compression, which was not asked for."""
    names = [
        value.decode("ascii", "replace") for name, value in response.headers if name.lower() == b"content-encoding"
    ]
    encoding = ",".join(names).strip().lower().removeprefix("x-")
    if encoding not in ("", "identity", "gzip"):
        response.close()
        raise httpx2.DecodingError(f"unknown content encoding {encoding[:40]!r}")
    return encoding


@contextlib.contextmanager
def _as_transport_errors() -> Iterator[None]:
    try:
        yield
    except _FAILURES as error:
        raise httpx2.TransportError(f"{type(error).__name__}: {error}") from error
