"""What the tools of MCP do, over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.answering.events import Answered, Delta
from voicehelper.answering.passages import FoundPassages, find_passages
from voicehelper.answering.service import Searcher
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.protocols.mcp.library import BASES_A_PAGE, Library
from voicehelper.protocols.mcp.shapes import GetDocument, ListBases, Search
from voicehelper.retrieval.question import Question
from voicehelper.shapes.ids import show

from tests.support.bases import Base, create_base, index_document
from tests.support.fakes import FakeEmbedder

TEXTS = [f"第{n}节：电池保修{n}年。" for n in range(1, 6)]


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return create_base(admin)


@pytest.fixture
def library(database: Database, base: Base) -> Library:
    return library_of(database, base.tenant_id)


def library_of(database: Database, tenant_id: UUID) -> Library:
    tenant = TenantDatabase(database, tenant_id)

    def search(question: Question) -> FoundPassages:
        return find_passages(tenant, question, Searcher("m", FakeEmbedder, PgvectorBackend()))

    def answer(_: Question) -> Iterator[Delta | Answered]:
        raise AssertionError("nobody asks here")

    return Library(tenant, "en", answer, search, lambda document_id, page: f"https://x/{document_id}#{page}")


def test_bases_are_listed_in_pages(admin: psycopg.Connection[Any], library: Library, base: Base) -> None:
    for n in range(BASES_A_PAGE):
        admin.execute(
            "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model)"
            " VALUES (%s, %s, %s, '', 'm')",
            (uuid4(), base.tenant_id, f"base_{n}"),
        )

    first, second, third = (library.list_bases(ListBases(page=page)) for page in (1, 2, 3))

    assert (len(first.bases), first.has_next) == (BASES_A_PAGE, True)
    assert ([item.name for item in second.bases], second.has_next) == (["b"], False)
    assert third.bases == []


@pytest.mark.parametrize("named", [None, "", "b", "kb:b", " b "])
def test_a_search_names_documents_and_pages(
    admin: psycopg.Connection[Any], library: Library, base: Base, named: str | None
) -> None:
    document_id = index_document(admin, base, "保修.md", *TEXTS)

    found = library.find(Search(query="电池保修3年", base=named, top_k=2)).passages

    assert 0 < len(found) <= 2
    assert {(item.document_id, item.filename) for item in found} == {(document_id, "保修.md")}
    assert found[0].url == f"https://x/{document_id}#{found[0].page}"


def test_a_search_in_an_unknown_base_is_not_found(library: Library) -> None:
    with pytest.raises(KnowledgeBaseNotFoundError):
        library.find(Search(query="x", base="unknown"))


def test_a_document_is_read_in_sections(admin: psycopg.Connection[Any], library: Library, base: Base) -> None:
    document_id = index_document(admin, base, "保修.md", *TEXTS)

    first = library.read(GetDocument(document_id=document_id, sections=3))
    rest = library.read(GetDocument(document_id=document_id, sections=3, first_section=3))
    behind = library.read(GetDocument(document_id=document_id, first_section=9))

    assert [section.content for section in (*first.sections, *rest.sections)] == TEXTS
    assert (first.next_section, rest.next_section, first.section_count) == (3, None, 5)
    assert (behind.sections, behind.next_section) == ([], None)


def test_another_tenants_document_is_not_found(admin: psycopg.Connection[Any], database: Database, base: Base) -> None:
    document_id = index_document(admin, base, "geheim.md", *TEXTS)
    other = create_base(admin, Base(uuid4(), uuid4()))
    stranger = library_of(database, other.tenant_id)

    with pytest.raises(DocumentNotFoundError):
        stranger.read(GetDocument(document_id=document_id))
    with pytest.raises(KnowledgeBaseNotFoundError):
        stranger.find(Search(query="x", base=show("kb", base.kb_id)))
    assert stranger.find(Search(query="电池保修")).passages == []
