"""Editing chunks against a real PostgreSQL: what is searched, counted, kept and refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import ConflictError, NotFoundError, UpstreamUnavailableError
from voicehelper.index.bases import require_base
from voicehelper.index.bm25 import query_counts
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.protocol import SearchRequest
from voicehelper.ingestion import edits
from voicehelper.knowledge import chunk_store, chunks, store
from voicehelper.knowledge.chunks import ChunkEditing
from voicehelper.knowledge.models import ChunkChange, ChunkView, NewChunk

from tests.support.bases import Base, chunks_of, create_base, index_document

TEXTS = ("滤网每三个月更换。", "锅炉的压力是 0.8 MPa。")


@dataclass
class CountingEmbedder:
    model: str = "m"
    dimensions: int = 3
    texts: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def embed_query(self, text: str) -> list[float]:
        return list(self.embed_passages([text])[0])

    def embed_passages(self, texts: Any) -> list[Any]:
        self.texts += texts
        self.meanwhile()
        return [[0.0, 0.0, 1.0] for _ in texts]


class Desk:
    """An indexed document and whoever edits it."""

    def __init__(self, admin: psycopg.Connection[Any], database: Database) -> None:
        self.admin, self.base = admin, create_base(admin)
        self.tenant, self.embedder = TenantDatabase(database, self.base.tenant_id), CountingEmbedder()
        self.document_id = index_document(
            admin, self.base, "手册.md", *TEXTS, vectors=[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
        )
        self.first, self.second = (chunk.chunk_id for chunk in chunks_of(self.document_id, *TEXTS))
        self.editing = ChunkEditing(self.tenant, PgvectorBackend(), "m", lambda: self.embedder)

    def change(self, chunk_id: UUID, **changes: Any) -> ChunkView:
        return chunks.change_chunk(self.editing, self.document_id, chunk_id, ChunkChange(**changes))

    def add(self, content: str) -> ChunkView:
        return chunks.add_chunk(self.editing, self.document_id, NewChunk(content=content))

    def found(self, text: str) -> list[str]:
        with self.tenant.transaction() as tx:
            hits = PgvectorBackend().open(tx).search(SearchRequest([self.base.kb_id], query_counts(text)))
        return [passage.text for passage in hits.passages]

    def listed(self) -> list[tuple[int, str, str, bool]]:
        with self.tenant.transaction() as tx:
            rows = chunk_store.list_chunks(tx, self.document_id, limit=50, offset=0)
            assert chunk_store.count_chunks(tx, self.document_id) == len(rows)
        return [(row.sequence, row.content, row.origin, row.enabled) for row in rows]

    def facts(self) -> tuple[int, int, int]:
        with self.tenant.transaction() as tx:
            row = store.get_document(tx, self.document_id)
            return row.chunk_count, row.vector_count, require_base(tx, self.base.kb_id).revision


@pytest.fixture
def desk(admin: psycopg.Connection[Any], database: Database) -> Desk:
    return Desk(admin, database)


def test_only_what_changes_is_embedded_and_the_base_is_touched(desk: Desk) -> None:
    before = desk.facts()

    changed = desk.change(desk.first, content="水箱每年清洗。")

    assert (changed.id, changed.content, changed.origin) == (desk.first, "水箱每年清洗。", "edited")
    assert desk.embedder.texts == ["手册\n水箱每年清洗。"]
    assert (desk.found("滤网"), desk.found("水箱")) == ([], ["水箱每年清洗。"])
    assert desk.facts() == (2, 2, before[2] + 1)
    assert desk.listed() == [(0, "水箱每年清洗。", "edited", True), (1, TEXTS[1], "file", True)]


def test_nothing_is_written_where_nothing_changes(desk: Desk) -> None:
    before = desk.facts()

    same = desk.change(desk.first, content=TEXTS[0], title="手册", enabled=True)
    nothing = desk.change(desk.first)

    assert same == nothing
    assert (desk.facts(), desk.embedder.texts) == (before, [])


def test_a_disabled_chunk_is_shown_and_not_searched(desk: Desk) -> None:
    desk.change(desk.second, enabled=False)

    assert desk.embedder.texts == []
    assert desk.found("锅炉") == []
    assert desk.listed()[1] == (1, TEXTS[1], "file", False)
    assert desk.facts()[:2] == (1, 1)

    desk.change(desk.second, content="锅炉的压力是 1 MPa。")
    still = desk.found("锅炉")
    desk.change(desk.second, enabled=True)

    assert still == []
    assert desk.found("锅炉") == ["锅炉的压力是 1 MPa。"]
    assert desk.facts()[:2] == (2, 2)


def test_an_added_chunk_stands_at_the_end_until_it_is_deleted(desk: Desk) -> None:
    added = desk.add("阀门每周检查。")

    assert (added.sequence, added.title, added.origin) == (2, "手册", "added")
    assert desk.found("阀门") == ["阀门每周检查。"]
    assert desk.add("泵每天检查。").sequence == 3

    chunks.remove_chunk(desk.tenant, desk.document_id, added.id, index=PgvectorBackend())

    assert desk.found("阀门") == []
    assert desk.facts()[:2] == (3, 3)
    with pytest.raises(NotFoundError):
        desk.change(added.id, content="x")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises((ConflictError, NotFoundError)) as raised:
        call()
    return raised.value.code


def test_the_last_searched_chunk_stays(desk: Desk) -> None:
    desk.change(desk.first, enabled=False)

    assert refusal(lambda: desk.change(desk.second, enabled=False)) == "CHUNK_LAST"


def test_a_chunk_of_the_file_is_not_deleted(desk: Desk) -> None:
    def remove() -> None:
        chunks.remove_chunk(desk.tenant, desk.document_id, desk.first, index=PgvectorBackend())

    assert refusal(remove) == "CHUNK_NOT_ADDED"


@pytest.mark.parametrize("status", ["processing", "failed"])
def test_a_document_that_is_not_indexed_is_not_edited(desk: Desk, status: str) -> None:
    desk.admin.execute("UPDATE document SET status = %s WHERE id = %s", (status, desk.document_id))

    assert refusal(lambda: desk.change(desk.first, content="x")) == "DOCUMENT_NOT_INDEXED"
    assert refusal(lambda: desk.add("x")) == "DOCUMENT_NOT_INDEXED"


def test_an_attempt_that_began_meanwhile_wins(desk: Desk) -> None:
    desk.embedder.meanwhile = lambda: desk.admin.execute("UPDATE document SET status = 'processing'")

    assert refusal(lambda: desk.change(desk.first, content="x")) == "DOCUMENT_NOT_INDEXED"
    assert desk.found("滤网") == [TEXTS[0]]


def test_of_two_who_change_a_chunk_the_second_is_told(desk: Desk) -> None:
    def change_too() -> None:
        desk.embedder.meanwhile = lambda: None
        desk.change(desk.first, content="甲")

    desk.embedder.meanwhile = change_too

    assert refusal(lambda: desk.change(desk.first, content="乙")) == "CHUNK_CHANGED"
    assert desk.found("甲") == ["甲"]


def test_a_base_of_another_model_is_not_edited(desk: Desk) -> None:
    desk.admin.execute("UPDATE knowledge_base SET embedding_model = 'other'")

    assert refusal(lambda: desk.add("x")) == "CHUNK_MODEL_CHANGED"


def test_a_catalogue_that_changes_under_an_edit_brings_no_vector_of_another_model(desk: Desk) -> None:
    desk.embedder.model = "new"
    before = desk.facts()

    with pytest.raises(UpstreamUnavailableError):
        desk.add("x")

    assert desk.facts() == before


def test_another_documents_and_another_tenants_chunks_are_not_found(desk: Desk, database: Database) -> None:
    other = index_document(desk.admin, desk.base, "b.md", "x")
    assert refusal(lambda: chunks.change_chunk(desk.editing, other, desk.first, ChunkChange(content="x"))) == (
        "CHUNK_NOT_FOUND"
    )
    stranger = create_base(desk.admin, Base(uuid4(), uuid4()))
    foreign = ChunkEditing(TenantDatabase(database, stranger.tenant_id), PgvectorBackend(), "m", lambda: desk.embedder)
    assert refusal(lambda: chunks.add_chunk(foreign, desk.document_id, NewChunk(content="x"))) == "DOCUMENT_NOT_FOUND"


def test_reindexing_keeps_what_still_fits_and_warns_of_the_rest(desk: Desk) -> None:
    desk.change(desk.first, content="水箱每年清洗。")
    desk.change(desk.second, enabled=False)
    added = desk.add("阀门每周检查。")
    with desk.tenant.transaction() as tx:
        applied = edits.apply_edits(
            chunks_of(desk.document_id, "新的开头。", TEXTS[1]), edits.read_edits(tx, desk.document_id)
        )
        edits.record_applied(tx, desk.document_id, applied)
        row = store.get_document(tx, desk.document_id)

    assert [chunk.text for chunk in applied.chunks] == ["新的开头。", "阀门每周检查。"]
    assert row.warnings == ["edits_not_applied:1"]
    with desk.tenant.transaction() as tx:
        back = edits.apply_edits(chunks_of(desk.document_id, *TEXTS), edits.read_edits(tx, desk.document_id))
        edits.record_applied(tx, desk.document_id, back)
        assert store.get_document(tx, desk.document_id).warnings == []
    assert [chunk.text for chunk in back.chunks] == ["水箱每年清洗。", "阀门每周检查。"]
    assert back.sequences[added.id] == 2
