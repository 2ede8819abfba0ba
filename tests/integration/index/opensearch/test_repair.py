"""What OpenSearch lost, or never had, is found by comparing, and so is what it should have no more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.adapters.opensearch import WRITING
from voicehelper.index.opensearch.repair import note_differences
from voicehelper.index.opensearch.upkeep import Target

from tests.integration.index.conftest import Store, make_searchable
from tests.integration.index.opensearch.test_upkeep import ids_in
from tests.integration.index.test_chunk_index import indexed, write


def repaired(database: Database, target: Target) -> int:
    """The number of differences that there were; afterwards there are none."""
    with database.transaction() as tx:
        tx.run("DELETE FROM search_outbox WHERE searchable_at IS NOT NULL")
    found = note_differences(database, target)
    make_searchable(database, target)
    with database.transaction() as tx:
        tx.run("DELETE FROM search_outbox")
    assert note_differences(database, target) == 0
    return found


def chunk_ids(admin: psycopg.Connection[Any]) -> set[UUID]:
    return {row[0] for row in admin.execute("SELECT id FROM chunk")}


def test_documents_from_before_opensearch_was_chosen_are_written(
    pgvector_store: Store, database: Database, target: Target, admin: psycopg.Connection[Any]
) -> None:
    indexed(pgvector_store)
    indexed(pgvector_store)

    assert repaired(database, target) == 2
    assert ids_in(target) == chunk_ids(admin)


def test_the_same_is_left_alone(opensearch_store: Store, database: Database, target: Target) -> None:
    indexed(opensearch_store)

    assert repaired(database, target) == 0


@pytest.mark.parametrize("statement", ["DELETE FROM chunk_vec WHERE chunk_id = %s", "DELETE FROM chunk WHERE id = %s"])
def test_a_document_with_other_chunks_or_vectors_is_written_anew(
    opensearch_store: Store, database: Database, target: Target, admin: psycopg.Connection[Any], statement: str
) -> None:
    indexed(opensearch_store)
    admin.execute(statement, (min(chunk_ids(admin)),))

    assert repaired(database, target) == 1
    assert ids_in(target) == chunk_ids(admin)


def test_as_many_other_chunks_are_a_difference(
    opensearch_store: Store, pgvector_store: Store, database: Database, target: Target, admin: psycopg.Connection[Any]
) -> None:
    base, document_id = indexed(opensearch_store)
    write(pgvector_store, base, document_id, ["one", "two", "three"])  # as while the database was chosen

    assert repaired(database, target) == 1
    assert ids_in(target) == chunk_ids(admin)


def test_chunks_of_a_purged_base_leave(
    opensearch_store: Store, database: Database, target: Target, admin: psycopg.Connection[Any]
) -> None:
    gone, _ = indexed(opensearch_store)
    indexed(opensearch_store)
    admin.execute("DELETE FROM knowledge_base WHERE id = %s", (gone.kb_id,))

    assert repaired(database, target) == 1
    assert ids_in(target) == chunk_ids(admin)


def test_documents_whose_change_is_under_way_are_left_alone(
    opensearch_behind_store: Store, database: Database, target: Target
) -> None:
    indexed(opensearch_behind_store)

    assert note_differences(database, target) == 0


def test_a_lost_index_is_made_again(
    opensearch_store: Store, database: Database, target: Target, admin: psycopg.Connection[Any]
) -> None:
    indexed(opensearch_store)
    target.client.call("DELETE", f"/{target.name}", tries=WRITING)

    assert repaired(database, Target(target.client, target.name, "lucene")) == 1
    assert ids_in(target) == chunk_ids(admin)
