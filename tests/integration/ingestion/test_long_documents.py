"""The steps that hold a whole document in memory have room for the longest one; measured on a sixteenth of it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid5

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.index.chunk import Chunk, Place, chunks_to_json
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.ingestion.events import DocumentChunked
from voicehelper.ingestion.fitness import UNKNOWN
from voicehelper.ingestion.steps.chunk_document import BATCH_CHUNKS, MAX_CHUNKS, embedding_batches
from voicehelper.ingestion.steps.index_text import index_text
from voicehelper.ingestion.steps.index_vectors import index_vectors
from voicehelper.ingestion.steps.keys import chunks_key, vectors_key
from voicehelper.ingestion.vectors import vectors_to_bytes

from infra import template
from tests.support.bases import create_base, create_document
from tests.support.fakes import FakeContent

CHUNKS: Final = MAX_CHUNKS // 16
DIMENSIONS: Final = 384
# For the interpreter, the libraries, and what PostgreSQL's client copies outside of Python's own memory.
OF_FUNCTION: Final = 0.6


class Document:
    def __init__(self, admin: psycopg.Connection[Any], *, versions: int) -> None:
        base = create_base(admin)
        for number in range(1, versions):
            create_document(admin, base, document_id=UUID(int=number))
        document_id = create_document(admin, base)
        [(self.model,)] = admin.execute("SELECT embedding_model FROM knowledge_base").fetchall()
        raw = chunks_to_json([_chunk(document_id, number) for number in range(CHUNKS)])
        lines = raw.splitlines(keepends=True)
        sizes = [sum(map(len, lines[at : at + BATCH_CHUNKS])) for at in range(0, CHUNKS, BATCH_CHUNKS)]
        batches = embedding_batches(sizes, CHUNKS)
        ids: dict[str, Any] = {"tenant_id": base.tenant_id, "kb_id": base.kb_id, "document_id": document_id}
        self.event = DocumentChunked(**ids, attempt=1, batches=batches, lanes=10)
        self.content = FakeContent({chunks_key(self.event.ref): raw})
        for batch in batches:
            key = vectors_key(self.event.ref, batch, model=self.model, chunks=raw[batch.first_byte : batch.last_byte])
            vectors = [[1.0, float(number)] + [0.0] * (DIMENSIONS - 2) for number in range(batch.last - batch.first)]
            self.content.objects[key] = vectors_to_bytes(vectors, UNKNOWN)


def _chunk(document_id: UUID, number: int) -> Chunk:
    text = " ".join(f"word{number * at % 4999}" for at in range(110))
    return Chunk(uuid5(document_id, str(number)), number, "title", text, Place(page=number // 3 + 1), (), 150)


def peak_bytes(step: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("versions", [1, 2])
def test_the_longest_document_is_indexed_within_the_functions_memory(
    admin: psycopg.Connection[Any], database: Database, versions: int
) -> None:
    """A new version enters the index with text and vectors at once."""
    document, index = Document(admin, versions=versions), PgvectorBackend()
    functions = template.read().functions()
    events = []

    text = peak_bytes(
        lambda: events.append(index_text(document.event, database=database, content=document.content, index=index))
    )
    vectors = peak_bytes(
        lambda: index_vectors(events[0], database=database, content=document.content, index=index, model=document.model)
    )

    assert events[0].is_withheld == (versions > 1)

    for peak, name in ((text, "IndexText"), (vectors, "IndexVectors")):
        room = functions[f"{name}Function"].memory_mb * 2**20 * OF_FUNCTION
        assert peak * MAX_CHUNKS / CHUNKS < room, f"{name}: {peak / CHUNKS:.0f} bytes a chunk"
    counted = admin.execute("SELECT (SELECT count(*) FROM chunk), (SELECT count(*) FROM chunk_vec)").fetchall()
    assert counted == [(CHUNKS, CHUNKS)]
