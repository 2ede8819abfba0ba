"""Changes of bases and documents against a real PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.index.bases import KnowledgeBaseNotFoundError, require_base
from voicehelper.index.bm25 import query_counts
from voicehelper.index.opensearch.outbox import has_pending
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.protocol import SearchRequest
from voicehelper.knowledge import changes, store
from voicehelper.knowledge.models import DocumentChange, KnowledgeBaseChange
from voicehelper.knowledge.uploads import MetadataInvalidError

from tests.support.bases import Base, create_base, index_document

INDEX = PgvectorBackend()


def test_only_given_fields_of_a_base_change(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    with TenantDatabase(database, base.tenant_id).transaction() as tx:
        changed = changes.update_base(tx, base.kb_id, KnowledgeBaseChange(display_name="B"))
        same = changes.update_base(tx, base.kb_id, KnowledgeBaseChange())

    assert (changed.name, changed.display_name) == ("b", "B")
    assert same == changed


def test_a_taken_name_is_a_conflict_and_a_foreign_base_unknown(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    base, stranger = create_base(admin), create_base(admin)
    admin.execute(
        "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model) VALUES (%s, %s, 'c', '', 'm')",
        (uuid4(), base.tenant_id),
    )

    own, foreign = (TenantDatabase(database, one.tenant_id) for one in (base, stranger))

    with pytest.raises(store.KnowledgeBaseNameTakenError), own.transaction() as tx:
        changes.update_base(tx, base.kb_id, KnowledgeBaseChange(name="c"))
    with pytest.raises(KnowledgeBaseNotFoundError), foreign.transaction() as tx:
        changes.update_base(tx, base.kb_id, KnowledgeBaseChange(name="d"))


def change_document(base: Base, database: Database, document_id: Any, change: DocumentChange) -> tuple[Any, int]:
    with TenantDatabase(database, base.tenant_id).transaction() as tx:
        row = changes.update_document(tx, document_id, change, index=INDEX)
        return row.metadata, require_base(tx, base.kb_id).revision


def test_metadata_changes_on_the_chunks_and_touches_the_base(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    base = create_base(admin)
    document_id, other = index_document(admin, base, "a", "pump one"), index_document(admin, base, "b", "pump two")
    first = change_document(base, database, document_id, DocumentChange(metadata={"year": 1}))
    second = change_document(base, database, document_id, DocumentChange(metadata={"team": "x"}))
    nothing = change_document(base, database, document_id, DocumentChange.model_validate({}))

    with TenantDatabase(database, base.tenant_id).transaction() as tx:
        cases: list[tuple[dict[str, Any], set[Any]]] = [
            ({"team": "x"}, {document_id}),
            ({"team": {"exists": False}}, {other}),
        ]
        for wanted, expected in cases:
            request = SearchRequest([base.kb_id], query_counts("pump"), metadata=wanted)
            assert {hit.document_id for hit in INDEX.open(tx).search(request).passages} == expected
        assert not has_pending(tx, base.kb_id)
    assert first[0] == {"year": 1}
    assert second == ({"team": "x"}, first[1] + 1)
    assert nothing == second


def test_metadata_beyond_its_bounds_is_refused(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    document_id = index_document(admin, base, "a", "pump")

    with pytest.raises(MetadataInvalidError):
        change_document(base, database, document_id, DocumentChange(metadata={"a": "字" * 17_000}))


def test_another_tenants_document_is_not_found(admin: psycopg.Connection[Any], database: Database) -> None:
    base, stranger = create_base(admin), create_base(admin)
    document_id = index_document(admin, base, "a", "pump")

    with pytest.raises(store.DocumentNotFoundError):
        change_document(stranger, database, document_id, DocumentChange(metadata={}))
