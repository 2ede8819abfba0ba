"""One batch of chunks → one object with their vectors; skipped if an earlier attempt has written it."""

from __future__ import annotations

from voicehelper.adapters.content import ContentStore
from voicehelper.index.chunk import Chunk, chunks_from_json
from voicehelper.ingestion.events import EmbedBatch, IngestionEvent
from voicehelper.ingestion.fitness import check_fitness
from voicehelper.ingestion.steps.keys import chunks_key, vectors_key
from voicehelper.ingestion.vectors import embed_distinct, vectors_to_bytes
from voicehelper.models.protocols import Embedder
from voicehelper.observability.traces import note


def embed_chunks(event: EmbedBatch, *, content: ContentStore, embedder: Embedder) -> IngestionEvent:
    batch = event.batch
    note(**{"vectors.count": batch.last - batch.first, "vectors.model": embedder.model})
    raw = content.get_bytes(chunks_key(event.ref), first=batch.first_byte, last=batch.last_byte)
    key = vectors_key(event.ref, batch, model=embedder.model, chunks=raw)
    if not content.exists(key):
        content.put(key, _embed(chunks_from_json(raw), embedder))
    return IngestionEvent(**event.model_dump(exclude={"batch"}))


def _embed(chunks: list[Chunk], embedder: Embedder) -> bytes:
    """The vectors in their stored form, with the result of the embedding's self-check on this text."""
    vectors = embed_distinct([embedding_text(chunk) for chunk in chunks], embedder)
    return vectors_to_bytes(vectors, check_fitness([chunk.text for chunk in chunks], vectors, embedder))


def embedding_text(chunk: Chunk) -> str:
    """The text that is embedded for a chunk: title and text, since a table row means little without its headings."""
    return f"{chunk.title}\n{chunk.text}"
