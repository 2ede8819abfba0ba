"""One tenant's index of each kind: inside a real PostgreSQL, and in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.index.memory import MemoryBackend, MemoryIndex
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.protocol import ChunkIndex, IndexBackend

from tests.support.bases import Base, create_base, create_document

OpenFor = Callable[[UUID], AbstractContextManager[ChunkIndex]]


@dataclass(frozen=True)
class Store:
    """``open`` gives a tenant's index for one transaction; every store has its own empty bases."""

    backend: IndexBackend
    open: OpenFor
    new_base: Callable[[], Base]
    new_document: Callable[[Base], UUID]


@pytest.fixture
def pgvector_store(admin: psycopg.Connection[Any], database: Database) -> Store:
    backend = PgvectorBackend()

    @contextlib.contextmanager
    def opened(tenant_id: UUID) -> Iterator[ChunkIndex]:
        with database.transaction(tenant_id) as tx:
            yield backend.open(tx)

    return Store(backend, opened, lambda: create_base(admin), lambda base: create_document(admin, base))


@pytest.fixture
def memory_store() -> Store:
    backend = MemoryBackend()

    @contextlib.contextmanager
    def opened(tenant_id: UUID) -> Iterator[ChunkIndex]:
        yield MemoryIndex(tenant_id, backend.entries)

    return Store(backend, opened, lambda: Base(uuid4(), uuid4()), lambda _: uuid4())


@pytest.fixture(params=["pgvector", "memory"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found
