"""The vectors of all batches → the index; after this step the document can be searched by vector too.

Rejected if the base was built with another model than the current one: vectors of two models are never mixed.
"""

from __future__ import annotations

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError
from voicehelper.index.chunk import chunks_from_json
from voicehelper.index.protocol import IndexBackend
from voicehelper.ingestion import store
from voicehelper.ingestion.events import DocumentChunked, IngestionEvent
from voicehelper.ingestion.fitness import UNKNOWN, Fitness
from voicehelper.ingestion.steps.keys import chunks_key, vectors_key
from voicehelper.ingestion.vectors import vectors_from_bytes
from voicehelper.models.protocols import Vector


def index_vectors(
    event: DocumentChunked, *, database: Database, content: ContentStore, index: IndexBackend, model: str
) -> IngestionEvent:
    raw = content.get(chunks_key(event.ref))
    vectors, fitness = _read_vectors(event, raw, content, model)
    prepared = index.prepare_vectors(chunks_from_json(raw), vectors)
    with database.transaction(event.tenant_id) as tx:
        if store.claim(tx, event, stage="embedding").embedding_model != model:
            raise RejectedError("embedding_model_changed")
        index.open(tx).add_vectors(event.ref, prepared)
        store.set_fitness(tx, event, found=fitness.found, tried=fitness.tried)
    return IngestionEvent(**event.model_dump(exclude={"batches"}))


def _read_vectors(
    event: DocumentChunked, raw: bytes, content: ContentStore, model: str
) -> tuple[list[Vector], Fitness]:
    """Vectors in the order of the chunks, and the sum of the batches' self-checks."""
    vectors: list[Vector] = []
    fitness = UNKNOWN
    for batch in event.batches:
        key = vectors_key(event.ref, batch, model=model, chunks=raw[batch.first_byte : batch.last_byte])
        batch_vectors, batch_fitness = vectors_from_bytes(content.get(key))
        vectors += batch_vectors
        fitness += batch_fitness
    return vectors, fitness
