"""The local stack's daemon: what it takes, what it drops, and how much it keeps."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.trace_daemon import CURRENT, PREVIOUS, Kept, TraceDaemon, segment_in
from tests.support.polling import until
from tests.support.segments import ROOT

PREAMBLE = b'{"format": "json", "version": 1}\n'


def segment(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": "work", "id": f"{number:016x}", "trace_id": ROOT, "start_time": 1.5, "end_time": 2.5, **more}


def datagram(**more: Any) -> bytes:
    return PREAMBLE + json.dumps(segment(**more)).encode()


def lines(folder: Path, name: str = CURRENT) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "sent",
    [datagram(), datagram(parent_id="a" * 16), datagram(end_time=None, in_progress=True), datagram(name="问答")],
    ids=["whole", "a part", "in progress", "a name of other letters"],
)
def test_a_segment_is_taken(sent: bytes) -> None:
    assert segment_in(sent) == json.loads(sent.partition(b"\n")[2])


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\n",
        b"\xff\xfe" * 30_000,
        PREAMBLE,
        PREAMBLE + b"[]",
        PREAMBLE + b"[" * 60_000,
        PREAMBLE + b'{"name": "work"}',
        b"[]\n" + datagram().partition(b"\n")[2],
        b'{"format": "xml"}\n' + datagram().partition(b"\n")[2],
        datagram(trace_id="../../etc/passwd"),
        datagram(id="A" * 16),
        datagram(start_time="now"),
        datagram(start_time=True),
        datagram(start_time=float("nan")),
        datagram(end_time=1e300),
        datagram(end_time=None),
        datagram(name=["work"]),
    ],
    ids=range(17),
)
def test_garbage_is_dropped(sent: bytes) -> None:
    assert segment_in(sent) is None


def test_the_last_segments_are_kept_and_earlier_ones_forgotten(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "traces", most=10)
    for number in range(35):
        kept.add(segment(number))
    kept.close()

    numbers = [int(one["id"], 16) for name in (PREVIOUS, CURRENT) for one in lines(tmp_path / "traces", name)]
    assert numbers == list(range(20, 35))


def test_huge_segments_are_bounded_by_their_bytes(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "traces", most_bytes=100_000)
    for number in range(20):
        kept.add(segment(number, padding="x" * 50_000))
    kept.close()

    assert sum(path.stat().st_size for path in (tmp_path / "traces").iterdir()) < 310_000


def test_a_restart_goes_on_where_the_last_run_ended(tmp_path: Path) -> None:
    for number in range(3):
        kept = Kept(tmp_path / "traces", most=2)
        kept.add(segment(number))
        kept.close()

    assert [len(lines(tmp_path / "traces", name)) for name in (PREVIOUS, CURRENT)] == [2, 1]


def test_nobody_else_reads_them(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "traces")
    kept.close()

    assert stat.S_IMODE((tmp_path / "traces").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "traces" / CURRENT).stat().st_mode) == 0o600


def sender(daemon: TraceDaemon) -> Callable[[bytes], object]:
    host, port = daemon.address.split(":")
    sending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return lambda sent: sending.sendto(sent, (host, int(port)))


def test_the_daemon_goes_on_after_garbage_and_takes_segments_out_of_order(tmp_path: Path) -> None:
    with TraceDaemon(tmp_path / "traces") as daemon:
        send = sender(daemon)
        for sent in (b"", b"\x00" * 65_000, datagram(number=2, parent_id=f"{1:016x}"), b"{}\n{}", datagram(number=1)):
            send(sent)
        until(lambda: len(lines(tmp_path / "traces")) == 2)

    assert [one["id"] for one in lines(tmp_path / "traces")] == [f"{2:016x}", f"{1:016x}"]


def test_the_daemon_ends_with_the_stack(tmp_path: Path) -> None:
    with TraceDaemon(tmp_path / "traces") as daemon:
        address = daemon.address.split(":")

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as successor:
        successor.bind((address[0], int(address[1])))
