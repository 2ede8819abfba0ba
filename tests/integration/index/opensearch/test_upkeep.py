"""No change is lost between the two stores, wherever the process that passes it on ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import pytest
from voicehelper.adapters.database import Database
from voicehelper.adapters.opensearch import WRITING, OpenSearch, OpenSearchError, Tries
from voicehelper.index.opensearch.index import OpenSearchBackend
from voicehelper.index.opensearch.mapping import ChunkRow
from voicehelper.index.opensearch.upkeep import Target, bring_up_to_date

from tests.integration.index.conftest import Store
from tests.integration.index.test_chunk_index import TEXTS, indexed, write
from tests.support.polling import until


def ids_in(target: Target) -> set[UUID]:
    target.client.call("POST", f"/{target.name}/_refresh", tries=WRITING)
    found = target.client.call("POST", f"/{target.name}/_search", {"size": 1000, "_source": False}, tries=WRITING)
    return {UUID(hit["_id"]) for hit in found["hits"]["hits"]}


def pending(database: Database) -> int:
    with database.transaction() as tx:
        return tx.count("SELECT count(*) FROM search_outbox WHERE searchable_at IS NULL")


class Killed(Target):
    """The process ends without a word once its first chunks are written."""

    def write(self, rows: Any) -> None:
        super().write(rows)
        os.kill(os.getpid(), signal.SIGKILL)


def pass_on_and_die(database_url: str, url: str, name: str) -> None:
    bring_up_to_date(Database(lambda: database_url), Killed(OpenSearch(url), name, "lucene"))


def test_a_change_whose_process_is_killed_is_passed_on_by_the_next(
    opensearch_behind_store: Store, database: Database, database_url: str, target: Target
) -> None:
    base, document_id = indexed(opensearch_behind_store)
    arguments = (database_url, target.client.url, target.name)
    process = multiprocessing.get_context("spawn").Process(target=pass_on_and_die, args=arguments)
    process.start()
    process.join()

    assert (process.exitcode, pending(database) > 0) == (-signal.SIGKILL, True)

    chunks = write(opensearch_behind_store, base, document_id, TEXTS[:2])
    # PostgreSQL may need a moment to see that its client is gone, and keeps the document's lock until then.
    until(lambda: bring_up_to_date(database, target))

    assert ids_in(target) == {chunk.chunk_id for chunk in chunks}
    assert pending(database) == 0


def test_passing_on_again_changes_nothing(opensearch_store: Store, database: Database, target: Target) -> None:
    base, document_id = indexed(opensearch_store)
    before = ids_in(target)

    write(opensearch_store, base, document_id)

    assert ids_in(target) == before
    assert bring_up_to_date(database, target) == 0


def test_a_deleted_document_leaves_opensearch(opensearch_store: Store, target: Target) -> None:
    base, document_id = indexed(opensearch_store)
    neighbour = opensearch_store.new_document(base)
    kept = write(opensearch_store, base, neighbour)

    with opensearch_store.open(base.tenant_id) as index:
        index.delete(base.ref(document_id))

    assert ids_in(target) == {chunk.chunk_id for chunk in kept}


def test_a_rolled_back_change_is_not_passed_on(
    opensearch_behind_store: Store, database: Database, target: Target
) -> None:
    base = opensearch_behind_store.new_base()
    document_id = opensearch_behind_store.new_document(base)
    backend = OpenSearchBackend(target.client, target.name)

    def change_and_fail() -> None:
        with database.transaction(base.tenant_id) as tx:
            backend.open(tx).delete(base.ref(document_id))
            raise KeyError

    with pytest.raises(KeyError):
        change_and_fail()

    assert pending(database) == 0


class RefusesOne(OpenSearch):
    """The second document of every ``_bulk`` is refused, as by a node that is short of memory."""

    def call_lines(self, path: str, lines: Iterable[Mapping[str, Any]], *, tries: Tries) -> dict[str, Any]:
        lines = list(lines)
        answer = OpenSearch.call_lines(self, path, [*lines[:2], *lines[4:]], tries=tries)
        refused = {"index": {"status": 429, "error": {"type": "rejected_execution_exception"}}}
        return {"errors": True, "items": [*answer["items"], refused]}


def test_what_was_refused_in_part_is_passed_on_again_as_a_whole(
    opensearch_behind_store: Store, database: Database, target: Target
) -> None:
    indexed(opensearch_behind_store)
    before = pending(database)

    with pytest.raises(OpenSearchError, match="rejected_execution_exception"):
        bring_up_to_date(database, Target(RefusesOne(target.client.url), target.name, "lucene"))

    assert (len(ids_in(target)), pending(database)) == (2, before)

    bring_up_to_date(database, target)

    assert (len(ids_in(target)), pending(database)) == (3, 0)


class Interrupting(Target):
    """Another process passes on while this one does."""

    def __init__(self, target: Target, database: Database) -> None:
        super().__init__(target.client, target.name, target.engine)
        self.other, self.passed_on = database, -1

    def write(self, rows: list[ChunkRow]) -> None:  # type: ignore[override]
        self.passed_on = bring_up_to_date(self.other, Target(self.client, self.name, self.engine))
        super().write(rows)


def test_two_processes_do_not_pass_on_the_same_document(
    opensearch_behind_store: Store, database: Database, database_url: str, target: Target
) -> None:
    indexed(opensearch_behind_store)
    other = Database(lambda: database_url)
    interrupting = Interrupting(target, other)

    assert bring_up_to_date(database, interrupting) == 1
    assert interrupting.passed_on == 0
    other.close()


def test_a_change_during_the_passing_on_stays_noted(
    opensearch_behind_store: Store, database: Database, database_url: str, target: Target
) -> None:
    base, document_id = indexed(opensearch_behind_store)
    other = Database(lambda: database_url)

    class Meanwhile(Target):
        def remove(self, chunk_ids: Iterable[UUID]) -> None: ...

        def write(self, rows: list[ChunkRow]) -> None:  # type: ignore[override]
            Target.write(self, rows)
            with other.transaction(base.tenant_id) as tx:
                OpenSearchBackend(target.client, target.name).open(tx).delete(base.ref(document_id))

    bring_up_to_date(database, Meanwhile(target.client, target.name, "lucene"))
    other.close()

    assert pending(database) == 1

    bring_up_to_date(database, target)

    assert ids_in(target) == set()


def test_it_stops_when_told(opensearch_behind_store: Store, database: Database, target: Target) -> None:
    indexed(opensearch_behind_store)
    indexed(opensearch_behind_store)

    assert bring_up_to_date(database, target, go_on=lambda: False) == 0
    assert bring_up_to_date(database, target) == 2
