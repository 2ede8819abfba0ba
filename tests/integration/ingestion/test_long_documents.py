"""The steps that hold a whole document in memory have room for the longest one.

Measured on two small ones: what they take alike stays, what they differ in grows with the chunks.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

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

SIZES: Final = (MAX_CHUNKS // 128, MAX_CHUNKS // 64)  # chunks
DIMENSIONS: Final = 384
# For the interpreter, the libraries, and what PostgreSQL's client copies outside of Python's own memory.
OF_FUNCTION: Final = 0.6


class Document:
    def __init__(self, admin: psycopg.Connection[Any], *, chunks: int, versions: int) -> None:
        base = create_base(admin)
        for _ in range(1, versions):
            create_document(admin, base, document_id=UUID(int=uuid4().int >> 1))  # of an earlier upload: a smaller id
        document_id = create_document(admin, base, document_id=UUID(int=uuid4().int | 1 << 127))
        [(self.model,)] = admin.execute("SELECT DISTINCT embedding_model FROM knowledge_base").fetchall()
        raw = chunks_to_json([_chunk(document_id, number) for number in range(chunks)])
        lines = raw.splitlines(keepends=True)
        sizes = [sum(map(len, lines[at : at + BATCH_CHUNKS])) for at in range(0, chunks, BATCH_CHUNKS)]
        batches = embedding_batches(sizes, chunks)
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


def peaks_of(admin: psycopg.Connection[Any], database: Database, *, chunks: int, versions: int) -> dict[str, int]:
    """Bytes by function, once the document is wholly indexed."""
    document, index = Document(admin, chunks=chunks, versions=versions), PgvectorBackend()
    own: dict[str, Any] = {"database": database, "content": document.content, "index": index}
    events = []
    text = peak_bytes(lambda: events.append(index_text(document.event, **own)))
    vectors = peak_bytes(lambda: index_vectors(events[0], **own, model=document.model))

    assert events[0].is_withheld == (versions > 1)
    counted = "SELECT count(*), count(embedding) FROM chunk c LEFT JOIN chunk_vec v ON v.chunk_id = c.id"
    counted += " WHERE document_id = %s"
    assert admin.execute(counted, (document.event.document_id,)).fetchall() == [(chunks, chunks)]
    return {"IndexText": text, "IndexVectors": vectors}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("versions", [1, 2])
def test_the_longest_document_is_indexed_within_the_functions_memory(
    admin: psycopg.Connection[Any], database: Database, versions: int
) -> None:
    """A new version enters the index with text and vectors at once."""
    functions = template.read().functions()
    few, many = SIZES

    small, large = [peaks_of(admin, database, chunks=chunks, versions=versions) for chunks in SIZES]

    for name in small:
        of_chunk = (large[name] - small[name]) / (many - few)
        room = functions[f"{name}Function"].memory_mb * 2**20 * OF_FUNCTION
        assert of_chunk > 0
        assert small[name] + of_chunk * (MAX_CHUNKS - few) < room, f"{name}: {of_chunk:.0f} bytes a chunk"
