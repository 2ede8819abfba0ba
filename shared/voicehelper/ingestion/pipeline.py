"""The steps of the ingestion state machine (KB-6), each safe to repeat: outputs go under keys that follow from ids."""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError
from voicehelper.ingestion import store
from voicehelper.ingestion.events import DocumentChunked, EmbedBatch, EmbeddingBatch, IngestionEvent, source_key

if TYPE_CHECKING:
    from voicehelper.index.chunk import Chunk
    from voicehelper.models.protocols import Embedder

# One call of the embedding step: long enough to be worth an invocation, short enough to repeat (some 4 s offline).
BATCH_CHUNKS = 16


def parse_document(event: IngestionEvent, *, database: Database, content: ContentStore) -> IngestionEvent:
    """source → parsed.jsonl, in a child process with limits of its own; coverage goes into the document's row."""
    from voicehelper.ingestion.sandbox import parse_in_child

    with database.transaction(event.tenant_id) as conn:
        row = store.claim(conn, event, stage="parsing")
    with tempfile.TemporaryDirectory() as folder:
        source, parsed = Path(folder, "source"), Path(folder, "parsed.jsonl")
        content.download(source_key(event.prefix), source)
        _refuse_duplicate(event, source, database=database, known=row["sha256"] is not None)
        coverage = parse_in_child(source, parsed, filename=row["filename"])
        content.put(parsed_key(event), parsed.read_bytes())
    with database.transaction(event.tenant_id) as conn:
        store.set_coverage(conn, event, **coverage)
    return event


def _refuse_duplicate(event: IngestionEvent, source: Path, *, database: Database, known: bool) -> None:
    if known:
        return
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").digest()
    with database.transaction(event.tenant_id) as conn:
        if not store.set_digest(conn, event, sha256=digest, size_bytes=source.stat().st_size):
            raise RejectedError("duplicate")


def chunk_document(event: IngestionEvent, *, database: Database, content: ContentStore) -> DocumentChunked:
    """parsed.jsonl → chunks.jsonl, and the batches the embedding step maps over."""
    from voicehelper.index.chunk import chunks_to_json
    from voicehelper.ingestion.chunking import chunk_document as split
    from voicehelper.ingestion.parsed_document import parsed_from_json

    with database.transaction(event.tenant_id) as conn:
        store.claim(conn, event, stage="chunking")
    chunks = split(parsed_from_json(content.get(parsed_key(event))), event.document_id)
    if not chunks:
        raise RejectedError("no_text")
    starts = range(0, len(chunks), BATCH_CHUNKS)
    parts = [chunks_to_json(chunks[first : first + BATCH_CHUNKS]) for first in starts]
    content.put(chunks_key(event), b"".join(parts))
    return DocumentChunked(**event.model_dump(), batches=_batches(parts, len(chunks)))


def _batches(parts: list[bytes], count: int) -> list[EmbeddingBatch]:
    ends = list(itertools.accumulate(len(part) for part in parts))
    spans = zip([0, *ends], ends, strict=False)
    return [
        EmbeddingBatch(
            first=number * BATCH_CHUNKS,
            last=min((number + 1) * BATCH_CHUNKS, count),
            first_byte=first_byte,
            last_byte=last_byte,
        )
        for number, (first_byte, last_byte) in enumerate(spans)
    ]


def index_text(event: DocumentChunked, *, database: Database, content: ContentStore) -> DocumentChunked:
    """chunks.jsonl → the index, old chunks out and new ones in at once: from here on BM25 finds the document."""
    from voicehelper.index.chunk import chunks_from_json
    from voicehelper.index.pgvector.write import lexical_of, replace_document_chunks

    chunks = chunks_from_json(content.get(chunks_key(event)))
    lexical = lexical_of(chunks)
    with database.transaction(event.tenant_id) as conn:
        row = store.claim(conn, event, stage="indexing")
        replace_document_chunks(
            conn,
            tenant_id=event.tenant_id,
            kb_id=event.kb_id,
            document_id=event.document_id,
            chunks=chunks,
            lexical=lexical,
            metadata=row["metadata"],
        )
        store.touch_base(conn, event)
    return event


def embed_batch(event: EmbedBatch, *, content: ContentStore, embedder: Embedder) -> IngestionEvent:
    """One batch of chunks → one object of vectors, skipped where an earlier attempt has left it."""
    from voicehelper.index.chunk import chunks_from_json
    from voicehelper.ingestion.fitness import check_fitness
    from voicehelper.ingestion.vectors import embed_distinct, vectors_to_bytes

    batch = event.batch
    raw = content.get_bytes(chunks_key(event), first=batch.first_byte, last=batch.last_byte)
    key = vectors_key(event, batch, model=embedder.model, chunks=raw)
    if not content.exists(key):
        chunks = chunks_from_json(raw)
        vectors = embed_distinct([embedded_text(chunk) for chunk in chunks], embedder)
        fitness = check_fitness([chunk.text for chunk in chunks], vectors, embedder)
        content.put(key, vectors_to_bytes(vectors, fitness))
    return IngestionEvent(**event.model_dump(exclude={"batch"}))


def index_vectors(event: DocumentChunked, *, database: Database, content: ContentStore, model: str) -> IngestionEvent:
    """Every batch's vectors → the index: from here on meaning finds the document too, if it is fit for the base.

    A base that was built with another model than today's refuses them: vectors of two models are never mixed.
    """
    from voicehelper.index.chunk import chunks_from_json
    from voicehelper.index.pgvector.write import add_vectors, packed_vectors
    from voicehelper.ingestion.fitness import UNKNOWN
    from voicehelper.ingestion.vectors import vectors_from_bytes

    raw = content.get(chunks_key(event))
    vectors, fitness = [], UNKNOWN
    for batch in event.batches:
        key = vectors_key(event, batch, model=model, chunks=raw[batch.first_byte : batch.last_byte])
        of_batch, checked = vectors_from_bytes(content.get(key))
        vectors += of_batch
        fitness += checked
    packed = packed_vectors(chunks_from_json(raw), vectors)
    with database.transaction(event.tenant_id) as conn:
        if store.claim(conn, event, stage="embedding")["embedding_model"] != model:
            raise RejectedError("embedding_model_changed")
        add_vectors(
            conn,
            tenant_id=event.tenant_id,
            kb_id=event.kb_id,
            document_id=event.document_id,
            vectors=packed,
        )
        store.set_fitness(conn, event, found=fitness.found, tried=fitness.tried)
    return IngestionEvent(**event.model_dump(exclude={"batches"}))


def finish_document(event: IngestionEvent, *, database: Database) -> IngestionEvent:
    with database.transaction(event.tenant_id) as conn:
        store.finish(conn, event)
    return event


def embedded_text(chunk: Chunk) -> str:
    """What stands for a chunk's meaning: its headings say what a bare table row does not."""
    return f"{chunk.title}\n{chunk.text}"


def parsed_key(event: IngestionEvent) -> str:
    return f"{event.prefix}parsed.jsonl"


def chunks_key(event: IngestionEvent) -> str:
    return f"{event.prefix}chunks.jsonl"


def vectors_key(event: IngestionEvent, batch: EmbeddingBatch, *, model: str, chunks: bytes) -> str:
    """Names the model and the text: vectors of other text or another model can never be taken for these."""
    digest = hashlib.sha256(model.encode() + b"\0" + chunks).hexdigest()[:16]
    return f"{event.prefix}vectors/{batch.first:06d}-{digest}.npz"
