"""A file uploaded again under its name, against a real PostgreSQL: one version answers, whatever ends first."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import ConflictError, RejectedError, SupersededError
from voicehelper.index.bm25 import query_counts
from voicehelper.index.chunk import chunks_to_json
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.protocol import SearchRequest
from voicehelper.ingestion import attempts
from voicehelper.ingestion import store as ingestion_store
from voicehelper.ingestion.events import DocumentChunked, EmbeddingBatch, IngestionEvent, IngestionFailed, ParsedFile
from voicehelper.ingestion.fitness import UNKNOWN
from voicehelper.ingestion.steps.finish_document import finish_document
from voicehelper.ingestion.steps.index_text import index_text
from voicehelper.ingestion.steps.index_vectors import index_vectors
from voicehelper.ingestion.steps.keys import chunks_key, parsed_key, vectors_key
from voicehelper.ingestion.steps.mark_failed import mark_failed
from voicehelper.ingestion.vectors import vectors_to_bytes
from voicehelper.knowledge import lifecycle, store
from voicehelper.shapes.ids import new_id

from tests.support.bases import Base, chunks_of, create_base
from tests.support.fakes import FakeContent, FakeExecutions, FakeQueue

VECTOR = [1.0] + [0.0] * 383
WORD = "tariff"


class Library:
    """A base whose documents have one chunk each: the word all of them hold, and their own text."""

    def __init__(self, admin: psycopg.Connection[Any], database: Database, base: Base | None = None) -> None:
        self.base = base or create_base(admin)
        self.admin, self.database, self.content = admin, database, FakeContent()
        self.index, self.executions, self.uploads = PgvectorBackend(), FakeExecutions(), FakeQueue()
        self.tenant = TenantDatabase(database, self.base.tenant_id)
        self.texts: dict[UUID, str] = {}

    def upload(self, text: str, name: str = "tariff.md", *, with_digest: bool = True) -> UUID:
        digest = hashlib.sha256(text.encode()).digest() if with_digest else None
        new = store.NewDocument(self.base.ref(new_id()), name, len(text), {}, digest)
        with self.tenant.transaction() as tx:
            document = store.announce_document(tx, new)
        ref = self.base.ref(document.id)
        self.content.put(ref.source_key(0), text.encode())
        self.content.put(chunks_key(ref), chunks_to_json(chunks_of(document.id, f"{WORD} {text}")))
        self.texts[document.id] = text
        return document.id

    def event(self, document_id: UUID) -> DocumentChunked:
        """What the chunking step would return for the document's current attempt."""
        with self.tenant.transaction() as tx:
            current = ingestion_store.current_attempt(tx, document_id)
        assert current
        raw = self.content.get(chunks_key(current.ref))
        batch = EmbeddingBatch(first=0, last=1, first_byte=0, last_byte=len(raw))
        vectors = vectors_to_bytes([VECTOR], UNKNOWN)
        self.content.put(vectors_key(current.ref, batch, model="m", chunks=raw), vectors)
        return DocumentChunked(**current.event().model_dump(), batches=[batch], lanes=10)

    def write_text(self, document_id: UUID) -> DocumentChunked:
        event = self.event(document_id)
        with self.tenant.transaction() as tx:
            ingestion_store.claim(tx, event, stage="chunking")
        return index_text(event, database=self.database, content=self.content, index=self.index)

    def write_vectors(self, event: DocumentChunked, database: Database | None = None) -> None:
        database = database or self.database
        done = index_vectors(event, database=database, content=self.content, index=self.index, model="m")
        finish_document(done, database=database, index=self.index, uploads=self.uploads, start_upkeep=lambda: None)

    def process(self, *document_ids: UUID) -> None:
        for document_id in document_ids:
            self.write_vectors(self.write_text(document_id))

    def fail(self, event: DocumentChunked) -> None:
        error = {"Error": "UpstreamUnavailableError", "Cause": "{}"}
        failed = IngestionFailed(**event.model_dump(exclude={"batches", "is_withheld", "lanes"}), error=error)
        mark_failed(failed, database=self.database, uploads=self.uploads)

    @property
    def answering(self) -> set[str]:
        """The texts that words find; vectors find the same ones."""
        words = SearchRequest([self.base.kb_id], query_counts(WORD))
        meaning = SearchRequest([self.base.kb_id], vector=VECTOR)
        with self.tenant.transaction() as tx:
            found, near = (self.index.open(tx).search(request).passages for request in (words, meaning))
        assert {p.chunk_id for p in near} <= {p.chunk_id for p in found}
        return {passage.text.removeprefix(f"{WORD} ") for passage in found}

    @property
    def listed(self) -> list[UUID]:
        with self.tenant.transaction() as tx:
            rows = store.list_documents(tx, self.base.kb_id, limit=50, offset=0)
            assert store.count_documents(tx, self.base.kb_id) == len(rows)
            base = store.get_base(tx, self.base.kb_id)
        assert (base.document_count, base.chunk_count) == (len(rows), sum(row.chunk_count for row in rows))
        return [row.id for row in rows]

    def row(self, document_id: UUID) -> store.DocumentRow:
        with self.tenant.transaction() as tx:
            return store.get_document(tx, document_id)

    def versions(self, document_id: UUID) -> list[tuple[UUID, int, UUID | None]]:
        with self.tenant.transaction() as tx:
            rows = store.list_versions(tx, store.get_document(tx, document_id), limit=50, offset=0)
        return [(row.id, row.version, row.superseded_by) for row in rows]

    def restore(self, document_id: UUID) -> None:
        lifecycle.restore_version(self.tenant, document_id, content=self.content, uploads=self.uploads)

    def arrive(self, *document_ids: UUID) -> None:
        """S3 tells of their files."""
        for document_id in document_ids:
            key = self.base.ref(document_id).source_key(self.event(document_id).attempt)
            self.uploads.messages.append(json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}))

    def start_queued(self, *, at_once: int = 10) -> list[IngestionEvent]:
        """The consumer of the upload queue reads what waits; what it started, once for each attempt."""
        messages, self.uploads.messages = self.uploads.messages, []
        for message in messages:
            attempts.start_for_message(
                message, database=self.database, ingestions=self.executions, uploads=self.uploads, at_once=at_once
            )
        return self.executions.events

    @property
    def running(self) -> int:
        row = self.admin.execute("SELECT count(*)::int FROM running_attempt").fetchone()
        assert row
        return int(row[0])

    def delete(self, document_id: UUID) -> None:
        lifecycle.delete_document(self.tenant, document_id, index=self.index, uploads=self.uploads)

    def counters(self) -> tuple[int, int, int]:
        """(document frequencies, chunks of the statistics, lexical rows): equal for the documents that answer."""
        row = self.admin.execute(
            "SELECT (SELECT coalesce(sum(n), 0)::int FROM lex_df_page, unnest(df::real[]) AS n WHERE kb_id = %(kb)s),"
            " (SELECT coalesce(sum(chunks), 0)::int FROM lex_stats WHERE kb_id = %(kb)s),"
            " (SELECT count(*)::int FROM chunk_lex WHERE kb_id = %(kb)s)",
            {"kb": self.base.kb_id},
        ).fetchone()
        assert row
        return int(row[0]), int(row[1]), int(row[2])


@pytest.fixture
def library(admin: psycopg.Connection[Any], database: Database) -> Library:
    return Library(admin, database)


def test_a_new_version_answers_in_place_of_the_old_one(library: Library) -> None:
    old = library.upload("380")
    library.process(old)
    before = library.counters()

    new = library.upload("450")
    library.process(new)

    assert library.answering == {"450"}
    assert library.listed == [new]
    assert library.versions(old) == library.versions(new) == [(new, 2, None), (old, 1, new)]
    assert library.counters() == before
    assert (library.row(old).status, library.row(old).chunk_count) == ("indexed", 0)


def test_the_old_version_answers_alone_until_the_new_one_is_whole(library: Library) -> None:
    library.process(library.upload("380"))

    event = library.write_text(library.upload("450"))
    assert library.answering == {"380"}
    library.write_vectors(event)

    assert library.answering == {"450"}


def test_a_new_version_that_fails_leaves_the_old_one_answering(library: Library) -> None:
    old = library.upload("380")
    library.process(old)
    new = library.upload("450")

    library.fail(library.write_text(new))

    assert library.answering == {"380"}
    assert library.listed == [new, old]
    assert library.row(new).status == "failed"


def test_a_failed_version_takes_its_place_once_its_retry_succeeds(library: Library) -> None:
    old, new = library.upload("380"), library.upload("450")
    library.process(old)
    library.fail(library.write_text(new))

    lifecycle.retry_document(library.tenant, new, content=library.content, uploads=library.uploads)
    library.process(new)

    assert (library.answering, library.listed) == ({"450"}, [new])


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
@pytest.mark.parametrize("texts_first", [False, True])
def test_three_versions_under_way_leave_the_last_upload_answering(
    library: Library, order: tuple[int, ...], texts_first: bool
) -> None:
    uploads = [library.upload(text) for text in ("1", "2", "3")]
    if texts_first:
        events = [library.write_text(uploads[place]) for place in order]
        for event in events:
            library.write_vectors(event)
    else:
        library.process(*(uploads[place] for place in order))

    assert library.answering == {"3"}
    assert library.listed == [uploads[2]]
    assert library.versions(uploads[0]) == [
        (uploads[2], 3, None), (uploads[1], 2, uploads[2]), (uploads[0], 1, uploads[2]),
    ]  # fmt: skip
    assert {library.row(upload).status for upload in uploads} == {"indexed"}
    assert library.counters()[1:] == (1, 1)


def test_versions_that_end_at_the_same_time_leave_one_answering(library: Library, database_url: str) -> None:
    library.process(library.upload("0"))
    events = [library.write_text(library.upload(str(number))) for number in range(1, 7)]

    def publish(event: DocumentChunked) -> None:
        own = Database(lambda: database_url)
        library.write_vectors(event, own)
        own.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(publish, events))

    assert library.answering == {"6"}
    assert library.counters()[1:] == (1, 1)


def test_bytes_of_an_earlier_version_become_the_current_one_again(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)

    third = library.upload("380")
    library.process(third)

    assert library.answering == {"380"}
    assert library.listed == [third]
    assert [version for _, version, _ in library.versions(third)] == [3, 2, 1]
    assert library.upload("380") == third, "the same bytes are one document"


def test_bytes_uploaded_again_before_their_successor_is_indexed_stay_current(library: Library) -> None:
    first = library.upload("380")
    library.process(first)
    second = library.upload("450")

    assert library.upload("380") == first
    library.process(second)

    assert (library.answering, library.listed) == ({"380"}, [first])
    assert library.row(second).superseded_by == first


def test_bytes_of_an_earlier_version_answer_under_another_name(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)

    other = library.upload("380", "annex.md")
    library.process(other)

    assert library.answering == {"380", "450"}
    assert set(library.listed) == {other, second}


def test_an_upload_without_a_digest_may_bring_bytes_of_an_earlier_version(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)
    third = library.upload("380", with_digest=False)
    digest = hashlib.sha256(b"380").hexdigest()
    found = ParsedFile(
        sha256=digest, size_bytes=3, pages_total=1, pages_with_text=1, characters=3, warnings=[]
    )  # fmt: skip

    with library.tenant.transaction() as tx:
        recorded = ingestion_store.record_parsed(tx, library.event(third), found)

    assert recorded


def test_an_earlier_version_can_be_made_current_again(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)
    library.content.put(parsed_key(library.base.ref(first)), b"{}")

    library.restore(first)
    assert library.answering == {"450"}, "until the restored one is indexed"
    started = library.start_queued()
    library.process(first)

    assert (library.answering, library.listed) == ({"380"}, [first])
    assert library.versions(first) == [(first, 3, None), (second, 2, first)]
    assert [(event.document_id, event.resume_from) for event in started] == [(first, "ChunkDocument")]


def test_a_restored_version_waits_for_its_turn(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)

    library.restore(first)

    assert library.start_queued(at_once=0) == []
    assert (library.row(first).status, library.row(first).stage) == ("processing", "queued")
    assert library.answering == {"450"}
    assert [event.document_id for event in library.start_queued(at_once=1)] == [first]
    assert library.running == 1
    library.process(first)
    assert (library.running, library.answering) == (0, {"380"})


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_a_version_gives_its_turn_back_whether_it_answers_or_came_too_late(
    library: Library, order: tuple[int, ...]
) -> None:
    uploads = [library.upload(text) for text in ("1", "2", "3")]
    library.arrive(*uploads)
    assert len(library.start_queued()) == library.running == 3

    for left, place in zip((2, 1, 0), order, strict=True):
        library.process(uploads[place])
        assert library.running == left

    assert library.answering == {"3"}


def test_a_version_that_fails_outside_the_index_gives_its_turn_back(library: Library) -> None:
    old, new = library.upload("380"), library.upload("450")
    library.process(old)
    library.arrive(new)
    library.start_queued()

    library.fail(library.write_text(new))

    assert (library.running, library.answering) == (0, {"380"})


def test_versions_that_are_deleted_while_they_wait_are_not_started(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(second)
    library.arrive(first)
    library.start_queued(at_once=0)

    library.delete(second)

    assert [event.document_id for event in library.start_queued()] == []


def test_a_current_document_cannot_be_restored_nor_a_superseded_one_worked_on(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)
    works = {"content": library.content, "uploads": library.uploads}

    for work in (lifecycle.retry_document, lifecycle.reindex_document):
        with pytest.raises(lifecycle.DocumentSupersededError):
            work(library.tenant, first, **works)  # type: ignore[arg-type]
    with pytest.raises(ConflictError):
        library.restore(second)

    assert library.uploads.messages == []


def test_a_rebuilt_base_leaves_superseded_versions_out(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)
    library.admin.execute("UPDATE document SET characters = 3")

    with library.tenant.transaction() as tx:
        assert ingestion_store.queue_parsed_documents(tx, library.base.kb_id) == 1
    library.process(second)
    library.admin.execute("UPDATE document SET status = 'failed', error_code = 'internal'")
    with library.tenant.transaction() as tx:
        assert ingestion_store.queue_failed_documents(tx, library.base.kb_id) == 1

    assert library.answering == {"450"}


def test_the_current_version_indexed_again_goes_on_answering(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)

    lifecycle.reindex_document(library.tenant, second, content=library.content, uploads=library.uploads)
    library.process(second)

    assert (library.answering, library.listed) == ({"450"}, [second])


def test_a_file_is_deleted_with_its_history(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)
    on_its_way = library.upload("500")

    library.delete(second)

    assert library.answering == set()
    assert library.listed == [on_its_way]
    assert len(library.uploads.messages) == 4, "two for each document"
    library.process(on_its_way)
    assert library.answering == {"500"}


def test_a_superseded_version_is_deleted_alone(library: Library) -> None:
    first, second = library.upload("380"), library.upload("450")
    library.process(first, second)

    library.delete(first)

    assert (library.answering, library.listed) == ({"450"}, [second])
    assert library.versions(second) == [(second, 2, None)]


def test_a_step_that_runs_twice_changes_nothing(library: Library) -> None:
    library.process(library.upload("380"))
    event = library.write_text(library.upload("450"))

    library.write_vectors(event)
    library.write_vectors(event)

    assert library.answering == {"450"}


def test_a_deleted_version_ends_where_it_stands(library: Library) -> None:
    library.process(library.upload("380"))
    new = library.upload("450")
    event = library.write_text(new)

    library.delete(new)
    with pytest.raises(SupersededError):
        library.write_vectors(event)

    assert library.answering == {"380"}


def test_a_version_of_another_model_leaves_the_old_one_alone(library: Library) -> None:
    library.process(library.upload("380"))
    event = library.write_text(library.upload("450"))
    library.admin.execute("UPDATE knowledge_base SET embedding_model = 'other'")

    with pytest.raises(RejectedError):
        library.write_vectors(event)

    assert library.answering == {"380"}


def test_names_of_other_bases_and_tenants_are_other_files(
    admin: psycopg.Connection[Any], database: Database, library: Library
) -> None:
    foreign = Library(admin, database)
    same_tenant = Base(library.base.tenant_id, uuid4())
    admin.execute(
        "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model)"
        " VALUES (%s, %s, 'c', 'c', 'm')",
        (same_tenant.kb_id, same_tenant.tenant_id),
    )
    shelves = [library, foreign, Library(admin, database, same_tenant)]

    for number, shelf in enumerate(shelves):
        shelf.process(shelf.upload(str(number)))

    assert [shelf.answering for shelf in shelves] == [{"0"}, {"1"}, {"2"}]
    with pytest.raises(store.DocumentNotFoundError):
        library.restore(foreign.listed[0])
    with pytest.raises(store.DocumentNotFoundError):
        library.delete(foreign.listed[0])
