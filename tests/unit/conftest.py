"""Unit tests need nothing but Python: a connection attempt is a failure."""

from __future__ import annotations

import socket
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"a unit test tried to reach {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
