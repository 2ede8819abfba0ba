"""Sockets whose every operation obeys the budget of the current call; ``transport`` builds its pool on them.

The deadline covers name resolution, each of a host's addresses, the TLS handshake, and each read and write.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

import httpcore2

from voicehelper.models.openai.call_budget import current_budget

# A slow reader may take a write apart into sends that each have the whole time-out, so writes are cut small.
_WRITE_BYTES: Final = 16_384


LookUp = Callable[[str, int, float], list[str]]  # (host, port, seconds) → addresses; the errors of ``resolve``


class BudgetedBackend(httpcore2.NetworkBackend):
    """Connects to each address of the host in turn, within one time-out; ``look_up`` finds them."""

    def __init__(self, look_up: LookUp | None = None) -> None:
        self._backend = httpcore2.SyncBackend()
        self._look_up = look_up or resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._look_up(host, port, current_budget().timeout_s(timeout)):
            limit_s = current_budget().timeout_s(timeout)
            try:
                stream = self._backend.connect_tcp(address, port, limit_s, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return BudgetedStream(stream)
        raise failure


class BudgetedStream(httpcore2.NetworkStream):
    """Belongs to a connection that many calls use in turn, so it asks for the current budget each time."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        budget = current_budget()
        received = self._stream.read(max_bytes, budget.timeout_s(timeout))
        budget.count_wire(len(received))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            self._stream.write(buffer[start : start + _WRITE_BYTES], current_budget().timeout_s(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        limit_s = current_budget().timeout_s(timeout)
        return BudgetedStream(self._stream.start_tls(ssl_context, server_hostname, limit_s))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def resolve(host: str, port: int, timeout_s: float) -> list[str]:
    """The host's addresses in the resolver's order. In a thread, because ``getaddrinfo`` has no time-out."""
    results: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.put(list(dict.fromkeys(str(address[0]) for *_, address in found)))
        except (OSError, UnicodeError) as error:
            results.put(OSError(str(error)))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        result = results.get(timeout=timeout_s)
    except queue.Empty:
        raise httpcore2.ConnectTimeout(f"{host} was not resolved in time") from None
    if isinstance(result, OSError):
        raise httpcore2.ConnectError(str(result)) from result
    return result
