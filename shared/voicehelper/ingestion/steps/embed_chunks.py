"""One batch of chunks → one object of vectors, skipped where an earlier attempt has left it."""

from __future__ import annotations

from voicehelper.adapters.content import ContentStore
from voicehelper.index.chunk import Chunk, chunks_from_json
from voicehelper.ingestion.events import EmbedBatch, IngestionEvent
from voicehelper.ingestion.fitness import check_fitness
from voicehelper.ingestion.steps.keys import chunks_key, vectors_key
from voicehelper.ingestion.vectors import embed_distinct, vectors_to_bytes
from voicehelper.models.protocols import Embedder


def embed_chunks(event: EmbedBatch, *, content: ContentStore, embedder: Embedder) -> IngestionEvent:
    batch = event.batch
    raw = content.get_bytes(chunks_key(event.ref), first=batch.first_byte, last=batch.last_byte)
    key = vectors_key(event.ref, batch, model=embedder.model, chunks=raw)
    if not content.exists(key):
        content.put(key, _embedded(chunks_from_json(raw), embedder))
    return IngestionEvent(**event.model_dump(exclude={"batch"}))


def _embedded(chunks: list[Chunk], embedder: Embedder) -> bytes:
    """The vectors as they are stored, with how fit they proved for this text."""
    vectors = embed_distinct([embedded_text(chunk) for chunk in chunks], embedder)
    return vectors_to_bytes(vectors, check_fitness([chunk.text for chunk in chunks], vectors, embedder))


def embedded_text(chunk: Chunk) -> str:
    """What represents a chunk's meaning: its headings say what a bare table row does not."""
    return f"{chunk.title}\n{chunk.text}"
