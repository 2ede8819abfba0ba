"""Keeps the Lambda runtime API to the function that it serves.

Each function process fetches its events, callers' tokens among them, from a port of its own on 127.0.0.1, without any
credential. Entry: ``close``, installed by ``emulator_main``.
"""

from __future__ import annotations

import inspect
import os
import socket
import struct
import sys
from pathlib import Path
from typing import Any, Final

# A browser sends at least one of them to 127.0.0.1, a runtime client none.
_OF_BROWSERS: Final = ("origin", "referer", "sec-fetch-mode", "sec-fetch-site")


def close(worker_class: Any) -> None:
    """Refuse, in every server the class starts, callers with another Host, from a browser or of another user."""
    build = worker_class._build_handler_class
    parameters = list(inspect.signature(build).parameters)
    assert parameters == ["self", "generation", "pending"], "another emulator version: check this patch"
    worker_class._build_handler_class = lambda self, *rest: _closed(build(self, *rest))


def _closed(handler_class: Any) -> Any:
    class ClosedHandler(handler_class):  # type: ignore[misc]
        def setup(self) -> None:
            super().setup()
            self._is_ours = uid_of_peer(self.connection) in (None, os.getuid())

        def parse_request(self) -> bool:
            if not super().parse_request():
                return False
            if self._is_ours and _is_addressed(self.headers, self.server.server_address[1]):
                return True
            self.send_error(403)
            return False

    return ClosedHandler


def _is_addressed(headers: Any, port: int) -> bool:
    return headers.get_all("host") == [f"127.0.0.1:{port}"] and not any(name in headers for name in _OF_BROWSERS)


def uid_of_peer(connection: socket.socket) -> int | None:
    """The user who opened a connection over 127.0.0.1; None where the system does not say. Only Linux does."""
    if not sys.platform.startswith("linux"):
        return None
    theirs, ours = _entry(connection.getpeername()), _entry(connection.getsockname())
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == [theirs, ours]:
            return int(fields[7])
    return -1


def _entry(address: tuple[str, int]) -> str:
    """As the kernel writes an IPv4 address and port: the address in the machine's own byte order."""
    (number,) = struct.unpack("=I", socket.inet_aton(address[0]))
    return f"{number:08X}:{address[1]:04X}"
