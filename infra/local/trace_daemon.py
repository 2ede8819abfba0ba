"""X-Ray's daemon for the local stack: takes segments by UDP and keeps the last ones in the state folder.

Entry: ``TraceDaemon``, a thread of the launcher; `voicehelper trace` reads what it keeps. Any program of this machine
can send to the port, so whatever is no segment is dropped, and what is kept is bounded.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from pathlib import Path
from typing import Any, Final

from infra.local.paths import open_private

KEPT: Final = 20_000  # segments at least, and twice as many at most: some two thousand questions
MOST_BYTES: Final = 16_000_000  # of each of the two files
CURRENT: Final = "current.jsonl"
PREVIOUS: Final = "previous.jsonl"

_RECEIVED_BYTES: Final = 65_535
_BUFFER_BYTES: Final = 4_000_000  # of datagrams that arrive while one is written
_TRACE_ID: Final = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_ID: Final = re.compile(r"[0-9a-f]{16}")


def segment_in(datagram: bytes) -> dict[str, Any] | None:
    """The document after the line that says its format; None for anything else.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
    """
    preamble, _, text = datagram.partition(b"\n")
    try:
        form, segment = json.loads(preamble), json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(form, dict) or form.get("format") != "json" or not isinstance(segment, dict):
        return None
    return segment if _is_segment(segment) else None


def _is_segment(segment: dict[str, Any]) -> bool:
    ids = _TRACE_ID.fullmatch(str(segment.get("trace_id"))) and _ID.fullmatch(str(segment.get("id")))
    is_timed = _is_time(segment.get("start_time")) and (segment.get("in_progress") or _is_time(segment.get("end_time")))
    return bool(ids and is_timed and isinstance(segment.get("name"), str))


def _is_time(value: Any) -> bool:
    """Seconds since 1970 as JSON writes them; NaN and what is beyond the year 2286 are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e10


class Kept:
    """Two files, the newer of which takes segments until it is full and then replaces the older one."""

    def __init__(self, folder: Path, *, most: int = KEPT, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most, self._most_bytes = folder, most, most_bytes
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._current = folder / CURRENT
        self._lines = sum(1 for _ in self._current.open("rb")) if self._current.exists() else 0
        self._file = open_private(self._current, "a")

    def add(self, segment: dict[str, Any]) -> None:
        if self._file.closed or self._lines >= self._most or self._file.tell() >= self._most_bytes:
            self._turn_over()
        self._file.write(json.dumps(segment, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        self._lines += 1

    def close(self) -> None:
        self._file.close()

    def _turn_over(self) -> None:
        self._file.close()
        if self._current.exists():
            self._current.replace(self._folder / PREVIOUS)
        self._file, self._lines = open_private(self._current, "a"), 0


class TraceDaemon:
    """``with TraceDaemon(folder) as daemon:`` listens at ``daemon.address`` until the end of the block."""

    def __init__(self, folder: Path, *, most: int = KEPT) -> None:
        self._folder, self._most = folder, most

    def __enter__(self) -> TraceDaemon:
        self._kept = Kept(self._folder, most=self._most)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._socket.bind(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._receive, name="traces", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self._socket.getsockname())
        self._thread.join(5)
        self._socket.close()

    @property
    def address(self) -> str:
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def _receive(self) -> None:
        """A full disk loses segments, and nothing else."""
        with contextlib.closing(self._kept) as kept:
            while not self._ended.is_set():
                segment = segment_in(self._socket.recv(_RECEIVED_BYTES))
                if segment is not None:
                    with contextlib.suppress(OSError):
                        kept.add(segment)
