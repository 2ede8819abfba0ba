"""Segments, the timed parts of a trace, as documents that X-Ray's daemon takes by UDP; ``traces`` is the caller.

``TraceHeader`` is what travels between functions, ``document`` and ``send`` write one segment. Written here because the
SDK costs a cold start more than the product itself: docs/decisions/0041.

The format: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import re
import socket
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

DAEMON_VARIABLE: Final = "AWS_XRAY_DAEMON_ADDRESS"
HEADER_VARIABLE: Final = "_X_AMZN_TRACE_ID"
PREAMBLE: Final = b'{"format":"json","version":1}\n'
MAX_BYTES: Final = 60_000  # a datagram over IPv4 holds 65,507, a document 64 kB

_ROOT: Final = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_ID: Final = re.compile(r"[0-9a-f]{16}")
_NOT_OF_NAMES: Final = re.compile(r"[^\w\s.:/%&#=+\-@]", re.ASCII)
# Ids, names and codes; a sentence of a question or of a document is none.
_TOKEN: Final = re.compile(r"[\w.:/@+=-]{1,100}", re.ASCII)


class TraceHeader(NamedTuple):
    """https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader"""

    root: str
    parent: str
    is_sampled: bool

    def __str__(self) -> str:
        return f"Root={self.root};Parent={self.parent};Sampled={int(self.is_sampled)}"


def parse_header(text: str) -> TraceHeader | None:
    """None for anything but a header with a root, a parent and a decision; unknown fields are passed over."""
    fields = dict(part.partition("=")[::2] for part in text.strip().split(";")[:10])
    root, parent, sampled = fields.get("Root", ""), fields.get("Parent", ""), fields.get("Sampled", "")
    if not (_ROOT.fullmatch(root) and _ID.fullmatch(parent) and sampled in ("0", "1")):
        return None
    return TraceHeader(root, parent, sampled == "1")


def new_root() -> str:
    return f"1-{int(time.time()):08x}-{os.urandom(12).hex()}"


def new_id() -> str:
    return os.urandom(8).hex()


def derived_id(*parts: str) -> str:
    """The same for whoever begins a segment and, in another process, ends it."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def is_kept(root: str, rate: float) -> bool:
    """Whether the trace is among the share that is kept: every process decides alike, by the id alone."""
    return int(root[-8:], 16) < rate * 2**32


def hashed(secret: object) -> str:
    """What stands for a tenant: the same in every trace, and nothing to be read back."""
    return hashlib.sha256(f"tenant {secret}".encode()).hexdigest()[:16]


def plain(value: Any) -> Any:
    """A value as it may stand in a trace; None for what may not, such as text that somebody wrote."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, UUID):
        return str(value)
    return value if isinstance(value, str) and _TOKEN.fullmatch(value) else None


def plain_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, given in fields.items() if (value := plain(given)) is not None}


def document(
    name: str, header: TraceHeader, segment_id: str, began_at: float, ended_at: float | None
) -> dict[str, Any]:
    """A segment that ended, or one in progress; times in seconds since 1970. Callers add what else they know."""
    timing = {"in_progress": True} if ended_at is None else {"end_time": ended_at}
    parent = {"parent_id": header.parent} if header.parent else {}
    own = {"name": _NOT_OF_NAMES.sub("", name)[:200], "id": segment_id, "trace_id": header.root}
    return {**own, **parent, "start_time": began_at, **timing}


def send(segment: Mapping[str, Any]) -> None:
    """Nothing waits for the daemon, and nothing fails without it."""
    where = _address(os.environ.get(DAEMON_VARIABLE, ""))
    datagram = PREAMBLE + json.dumps(segment, separators=(",", ":")).encode()
    if where is None or len(datagram) > MAX_BYTES:
        return
    try:
        _socket().sendto(datagram, where)
    except OSError:
        return


@functools.lru_cache(1)
def _address(text: str) -> tuple[str, int] | None:
    """``host:port``, or ``tcp:host:port udp:host:port``; None for anything else."""
    parts = text.split()
    of_udp = [part.removeprefix("udp:") for part in parts if part.startswith("udp:")]
    host, _, port = (of_udp or parts or [""])[0].rpartition(":")
    return (host, int(port)) if host and port.isdecimal() else None


@functools.cache
def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    return made
