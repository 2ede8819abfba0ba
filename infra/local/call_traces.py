"""The root of each call's trace, which the gateway would begin on AWS: ``CallTrace``, for the front door.

What a caller sends as a header of a trace is dropped: it would write into the traces of others.
"""

from __future__ import annotations

import time
from typing import Final, Self

from voicehelper.observability import segments
from voicehelper.observability.segments import TraceHeader

from infra.local.trace_headers import TRACE_HEADER

RATE_VARIABLE: Final = "TRACE_RATE"
CLIENT_LEFT: Final = 499  # what proxies log where nobody waits for the answer any more


class CallTrace:
    def __init__(self, method: str, header: TraceHeader) -> None:
        self._method, self._header = method, header
        self._began_at, self._began = time.time(), time.monotonic()

    @classmethod
    def begin(cls, method: str, *, rate: float) -> Self:
        root = segments.new_root()
        return cls(method, TraceHeader(root, segments.new_id(), segments.is_kept(root, rate)))

    @property
    def upstream(self) -> tuple[bytes, bytes]:
        """The header of the call as it goes on."""
        return TRACE_HEADER.encode(), str(self._header).encode()

    @property
    def shown(self) -> str:
        return f"Root={self._header.root};Sampled={int(self._header.is_sampled)}"

    def end(self, status: int, request_id: str) -> None:
        """Method and status, and no path: names of bases may stand in it."""
        if not self._header.is_sampled:
            return
        own = self._header._replace(parent="")
        ended_at = self._began_at + time.monotonic() - self._began
        segment = segments.document("front door", own, self._header.parent, self._began_at, ended_at)
        failed = {"error": True} if 400 <= status < 500 else {"fault": True} if status >= 500 else {}
        http = {"request": {"method": self._method}, "response": {"status": status}}
        marks = segments.plain_fields({"request_id": request_id, "service": "front-door", "environment": "local"})
        segments.send(segment | failed | {"http": http, "annotations": marks})
