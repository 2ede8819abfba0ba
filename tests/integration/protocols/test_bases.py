"""Bases as other protocols name them, over a real database."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.protocols.bases import NamedBase, find_base, list_bases
from voicehelper.shapes.ids import show

from tests.support.bases import Base, create_base


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return create_base(admin)


def found(database: Database, base: Base, named: str, *, takes_bare_name: bool = False) -> NamedBase:
    with TenantDatabase(database, base.tenant_id).transaction() as tx:
        return find_base(tx, named, takes_bare_name=takes_bare_name)


def test_a_base_is_found_by_its_name_and_by_its_id(database: Database, base: Base) -> None:
    kb_id = show("kb", base.kb_id)

    assert found(database, base, "kb:b").id == found(database, base, kb_id).id == base.kb_id
    assert found(database, base, f"kb:{kb_id}").model == "kb:b"
    assert found(database, base, "b", takes_bare_name=True).id == base.kb_id


@pytest.mark.parametrize(
    "named",
    [
        "b",
        "kb:",
        "kb:B",
        "kb:unknown",
        "kb-",
        "kb",
        "",
        "gpt-4o",
        "kb:b ",
        "openai/kb:b",
        "kb-00000000-0000-7000-8000-000000000007",
        "kb:' OR 1=1",
    ],
)
def test_anything_else_is_no_base(database: Database, base: Base, named: str) -> None:
    with pytest.raises(KnowledgeBaseNotFoundError):
        found(database, base, named)


def test_another_tenants_base_is_not_found_by_name_or_id(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    other = create_base(admin, Base(uuid4(), uuid4()))
    admin.execute("UPDATE knowledge_base SET name = 'secret' WHERE id = %s", (other.kb_id,))

    for named in ("kb:secret", show("kb", other.kb_id)):
        with pytest.raises(KnowledgeBaseNotFoundError):
            found(database, base, named)
    with TenantDatabase(database, base.tenant_id).transaction() as tx:
        assert [item.id for item in list_bases(tx)] == [base.kb_id]


def test_a_base_that_is_being_deleted_is_gone(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    admin.execute("UPDATE knowledge_base SET status = 'deleting' WHERE id = %s", (base.kb_id,))

    with pytest.raises(KnowledgeBaseNotFoundError):
        found(database, base, "kb:b")
