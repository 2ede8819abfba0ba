"""``CallBudget``: the time and the bytes that one remote call may take, whatever the server does.

HTTP clients have time-outs between two reads only, so a server that sends a byte a second holds a call for ever.
``client.remote_call`` opens a budget; ``transport`` reads it at every connect, read, write and decoded piece.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import Deadline

# Above the decoded body: headers, and the framing of chunks, which may be as long as what they frame.
_MAX_HEADER_BYTES: Final = 64_000
_MAX_FRAMING_RATIO: Final = 2


class CallTimeoutError(UpstreamUnavailableError):
    """The call did not end before its deadline. Another attempt would have no time."""


class ResponseTooLargeError(UpstreamUnavailableError):
    """The server sent more than the request can have asked for."""


@dataclass(slots=True)
class CallBudget:
    """``max_bytes`` bounds the body after decompression; what arrives from the socket is bounded by a multiple."""

    deadline: Deadline
    max_bytes: int
    body_bytes: int = 0
    wire_bytes: int = 0

    def timeout_s(self, limit_s: float | None = None) -> float:
        """Seconds that the next operation may take, at most ``limit_s``; CallTimeoutError if none are left."""
        remaining = self.deadline.remaining()
        if remaining <= 0:
            raise CallTimeoutError("the call did not end in time")
        return remaining if limit_s is None else min(remaining, limit_s)

    def count_wire(self, size: int) -> None:
        """Count bytes from the socket: headers and framing are bounded, too."""
        self.wire_bytes += size
        if self.wire_bytes > _MAX_FRAMING_RATIO * self.max_bytes + _MAX_HEADER_BYTES:
            raise ResponseTooLargeError(f"more than {self.max_bytes} bytes")

    def count_body(self, size: int) -> None:
        """Count bytes of the body after decompression."""
        self.body_bytes += size
        if self.body_bytes > self.max_bytes:
            raise ResponseTooLargeError(f"more than {self.max_bytes} bytes")

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """Make this the budget of all calls inside the block."""
        token = _BUDGET.set(self)
        try:
            yield
        finally:
            _BUDGET.reset(token)


# The client's interface has no argument that reaches its sockets, which are shared by the calls of a process.
_BUDGET: ContextVar[CallBudget] = ContextVar("call budget")


def current_budget() -> CallBudget:
    """LookupError outside ``active``: no call may go out without a budget."""
    return _BUDGET.get()
