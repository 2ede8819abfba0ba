"""One tenant's index of each kind: in a real PostgreSQL, in memory, and with a real OpenSearch beside the first."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.adapters.opensearch import WRITING, OpenSearch
from voicehelper.index.memory import MemoryBackend, MemoryIndex
from voicehelper.index.opensearch.index import OpenSearchBackend
from voicehelper.index.opensearch.upkeep import Target, bring_up_to_date, ignoring
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


@pytest.fixture(scope="session")
def opensearch_client(opensearch_url: str) -> OpenSearch:
    return OpenSearch(opensearch_url)


@pytest.fixture(scope="session")
def opensearch_index() -> str:
    """Name of this process's index."""
    return f"test-{uuid4()}"


@pytest.fixture
def target(opensearch_client: OpenSearch, opensearch_index: str) -> Target:
    """An index of OpenSearch without a chunk: emptied, which takes a tenth of making one."""
    with ignoring("index_not_found_exception"):
        opensearch_client.call("POST", f"/{opensearch_index}/_refresh", tries=WRITING)
        emptied = f"/{opensearch_index}/_delete_by_query?refresh=true"
        opensearch_client.call("POST", emptied, {"query": {"match_all": {}}}, tries=WRITING)
    return Target(opensearch_client, opensearch_index, "lucene")


def make_searchable(database: Database, target: Target) -> None:
    """Passes every change on, and has none of them waited for: from here on OpenSearch alone recalls."""
    if not bring_up_to_date(database, target):
        return
    target.client.call("POST", f"/{target.name}/_refresh", tries=WRITING)
    with database.transaction() as tx:
        tx.run("UPDATE search_outbox SET searchable_at = now() - interval '1 second' WHERE searchable_at IS NOT NULL")


@pytest.fixture
def opensearch_store(pgvector_store: Store, database: Database, target: Target) -> Store:
    """Every transaction's changes are in OpenSearch before the next one begins."""
    backend = OpenSearchBackend(target.client, target.name)

    @contextlib.contextmanager
    def opened(tenant_id: UUID) -> Iterator[ChunkIndex]:
        with database.transaction(tenant_id) as tx:
            yield backend.open(tx)
        make_searchable(database, target)

    return replace(pgvector_store, backend=backend, open=opened)


@pytest.fixture
def opensearch_behind_store(pgvector_store: Store, database: Database, target: Target) -> Store:
    """OpenSearch is not told anything."""
    backend = OpenSearchBackend(target.client, target.name)

    @contextlib.contextmanager
    def opened(tenant_id: UUID) -> Iterator[ChunkIndex]:
        with database.transaction(tenant_id) as tx:
            yield backend.open(tx)

    return replace(pgvector_store, backend=backend, open=opened)


@pytest.fixture(params=["pgvector", "memory", "opensearch"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found
