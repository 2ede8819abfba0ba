"""A daemon of X-Ray for tests: takes what this process sends and gives it back."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from voicehelper.observability.segments import DAEMON_VARIABLE, HEADER_VARIABLE, PREAMBLE

ROOT = "1-5759e988-bd862e3fe1be46a994272793"
OTHER = "1-5759e988-000000000000000094272793"
PARENT = "53995c3f42cd8ad8"


def header_of(root: str = ROOT, *, parent: str = PARENT, sampled: int = 1) -> str:
    return f"Root={root};Parent={parent};Sampled={sampled}"


class Taken:
    def __init__(self, receiver: socket.socket) -> None:
        self._receiver = receiver

    def datagrams(self) -> list[bytes]:
        """Since the last call; a datagram over the loopback is there when its sender goes on."""
        taken = []
        with contextlib.suppress(BlockingIOError):
            while True:
                taken.append(self._receiver.recv(65_535))
        return taken

    def segments(self) -> list[dict[str, Any]]:
        return [json.loads(datagram.removeprefix(PREAMBLE)) for datagram in self.datagrams()]

    def by_name(self) -> dict[str, dict[str, Any]]:
        return {segment["name"]: segment for segment in self.segments()}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Taken]:
    """What is sent while Lambda's variables say that the invocation is traced."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        monkeypatch.setenv(DAEMON_VARIABLE, "127.0.0.1:{1}".format(*receiver.getsockname()))
        monkeypatch.setenv(HEADER_VARIABLE, header_of())
        yield Taken(receiver)
