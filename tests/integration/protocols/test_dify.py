"""Searches as Dify asks for them, over a real database."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.passages import FoundPassages, find_passages
from voicehelper.answering.service import Searcher
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.protocols.dify.retrieval import DifyRecord, DifyRequest, retrieve
from voicehelper.retrieval.question import Question
from voicehelper.shapes.ids import show

from tests.support.bases import Base, create_base, index_document
from tests.support.fakes import FakeEmbedder


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return create_base(admin)


def add(admin: psycopg.Connection[Any], base: Base, filename: str, text: str, **metadata: Any) -> UUID:
    document_id = index_document(admin, base, filename, text)
    admin.execute("UPDATE document SET metadata = %s WHERE id = %s", (Jsonb(metadata), document_id))
    admin.execute("UPDATE chunk SET meta = %s WHERE document_id = %s", (Jsonb(metadata), document_id))
    return document_id


def records(
    database: Database, base: Base, query: str = "电池保修几年", *, tenant_id: UUID | None = None, **more: Any
) -> list[DifyRecord]:
    tenant = TenantDatabase(database, tenant_id or base.tenant_id)

    def search(question: Question) -> FoundPassages:
        return find_passages(tenant, question, Searcher("m", FakeEmbedder, PgvectorBackend()))

    request = DifyRequest.model_validate({"knowledge_id": "b", "query": query, **more})
    return retrieve(request, tenant, language="en", search=search, make_url=lambda _, page: f"https://x/{page}").records


def where(*conditions: tuple[str, str, Any]) -> dict[str, Any]:
    listed = [{"name": name, "comparison_operator": test, "value": value} for name, test, value in conditions]
    return {"metadata_condition": {"logical_operator": "and", "conditions": listed}}


def test_a_record_shows_its_passage_and_the_metadata_of_its_document(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    document_id = add(admin, base, "保修.md", "电池保修三年。", owner="售后", page="cover")

    for named in ("b", "kb:b", show("kb", base.kb_id)):
        [record] = records(database, base, knowledge_id=named)
        assert (record.content, record.title) == ("电池保修三年。", "手册")
        assert 0 < record.score <= 1
        assert record.metadata == {
            "owner": "售后",
            "document_id": show("doc", document_id),
            "filename": "保修.md",
            "page": 1,
            "url": "https://x/1",
        }


def test_the_setting_bounds_number_and_score(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    for number in range(4):
        add(admin, base, f"{number}.md", f"电池保修{number + 2}年。" + "无关的话。" * number)

    found = records(database, base)

    assert len(found) == 4
    assert [record.score for record in found] == sorted((record.score for record in found), reverse=True)
    assert records(database, base, retrieval_setting={"top_k": 2, "score_threshold": 0}) == found[:2]
    threshold = found[1].score
    above = records(database, base, retrieval_setting={"top_k": 9, "score_threshold": threshold})
    assert above == [record for record in found if record.score >= threshold]


def test_conditions_choose_documents(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    add(admin, base, "a.md", "电池保修三年。", year=2023, kind="old")
    add(admin, base, "b.md", "电池保修五年。", year=2024, tags=["current", "eu"])
    add(admin, base, "c.md", "电池保修六年。")

    def names(*conditions: tuple[str, str, Any]) -> set[str]:
        return {record.metadata["filename"] for record in records(database, base, **where(*conditions))}

    assert names(("year", "≥", "2023")) == {"a.md", "b.md"}
    assert names(("year", "is", "2024")) == {"b.md"}
    assert names(("tags", "is", "eu")) == {"b.md"}
    assert names(("kind", "is not", "old")) == {"b.md", "c.md"}
    assert names(("kind", "is", "unheard of")) == set()
    assert names(("document_name", "in", ["c.md", "a.md"]), ("year", "empty", None)) == {"c.md"}


def test_a_document_far_down_the_ranking_is_found_by_its_value(
    admin: psycopg.Connection[Any], database: Database, base: Base
) -> None:
    for number in range(150):
        add(admin, base, f"{number}.md", "电池保修三年。电池保修。", kind="usual")
    add(admin, base, "rare.md", "说明：很多别的内容，也提到电池。", kind="rare")

    [record] = records(database, base, **where(("kind", "start with", "ra")))

    assert record.metadata["filename"] == "rare.md"


def test_a_deleted_document_is_no_record(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    tenant = TenantDatabase(database, base.tenant_id)
    document_id = add(admin, base, "a.md", "电池保修三年。")

    def search(question: Question) -> FoundPassages:
        found = find_passages(tenant, question, Searcher("m", FakeEmbedder, PgvectorBackend()))
        admin.execute("DELETE FROM document WHERE id = %s", (document_id,))
        return found

    request = DifyRequest(knowledge_id="b", query="电池保修", retrieval_setting={})  # type: ignore[arg-type]
    assert retrieve(request, tenant, language="en", search=search, make_url=lambda *_: "").records == []


def test_another_tenants_base_is_not_found(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    other = create_base(admin, Base(uuid4(), uuid4()))
    admin.execute("UPDATE knowledge_base SET name = 'mine' WHERE id = %s", (other.kb_id,))

    for named in ("b", "kb:b", show("kb", base.kb_id)):
        with pytest.raises(KnowledgeBaseNotFoundError):
            records(database, base, tenant_id=other.tenant_id, knowledge_id=named)
