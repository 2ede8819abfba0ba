"""The vectors of all batches → the index; after this step the document can be searched by vector too.

A new version of a file enters the index here, with text and vectors at once, as the version before it leaves.

Rejected if the base was built with another model than the current one: vectors of two models are never mixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database, Transaction
from voicehelper.errors import RejectedError
from voicehelper.index.chunk import chunks_from_json
from voicehelper.index.protocol import ChunkIndex, IndexBackend, Prepared
from voicehelper.ingestion import store, versions
from voicehelper.ingestion.charging import charge_embedding
from voicehelper.ingestion.events import DocumentChunked, IngestionEvent
from voicehelper.ingestion.fitness import UNKNOWN, Fitness
from voicehelper.ingestion.steps.keys import chunks_key, vectors_key
from voicehelper.ingestion.vectors import vectors_from_bytes
from voicehelper.models.pricing import Tariff
from voicehelper.models.protocols import Vector
from voicehelper.observability.traces import note


def index_vectors(
    event: DocumentChunked,
    *,
    database: Database,
    content: ContentStore,
    index: IndexBackend,
    model: str,
    tariff: Tariff | None = None,
) -> IngestionEvent:
    """``tariff`` is that of a hosted model: whoever uploaded the document is charged for each new text of it."""
    raw = content.get(chunks_key(event.ref))
    vectors = _Vectors(event, raw, content, model)
    chunks = chunks_from_json(raw)
    prepared = index.prepare_vectors(chunks, vectors)
    note(**{"vectors.count": len(chunks)})
    text = index.prepare_text(chunks) if event.is_withheld else None
    with database.transaction(event.tenant_id) as tx:
        if not versions.is_finished(tx, event):
            _write(tx, event, index.open(tx), _Content(text, prepared, vectors.fitness), model)
            if tariff:
                charge_embedding(tx, event, tariff, text=raw, tokens=sum(chunk.token_count for chunk in chunks))
    return IngestionEvent(**event.model_dump(exclude={"batches", "is_withheld", "lanes"}))


@dataclass(frozen=True, slots=True)
class _Content:
    """What is written; ``text`` is None where ``index_text`` wrote it."""

    text: Prepared | None
    vectors: Prepared
    fitness: Fitness


def _write(tx: Transaction, event: DocumentChunked, index: ChunkIndex, content: _Content, model: str) -> None:
    document = store.claim(tx, event, stage="embedding")
    if document.embedding_model != model:
        raise RejectedError("embedding_model_changed")
    if versions.end_if_superseded(tx, event, index, is_superseded=document.is_superseded):
        return
    if content.text is not None:
        versions.supersede_earlier(tx, index, event.document_id)
        index.replace_text(event.ref, content.text, document.metadata)
    index.add_vectors(event.ref, content.vectors)
    store.set_fitness(tx, event, found=content.fitness.found, tried=content.fitness.tried)
    if content.text is not None:
        versions.publish(tx, event, index)


class _Vectors:
    """In the order of the chunks, a batch in memory at a time; ``fitness`` is the sum of the batches read so far.

    As numbers of Python the vectors of a long document would need a gigabyte.
    """

    def __init__(self, event: DocumentChunked, raw: bytes, content: ContentStore, model: str) -> None:
        self.fitness: Fitness = UNKNOWN
        self._event, self._raw, self._content, self._model = event, raw, content, model

    def __iter__(self) -> Iterator[Vector]:
        for batch in self._event.batches:
            chunks = self._raw[batch.first_byte : batch.last_byte]
            key = vectors_key(self._event.ref, batch, model=self._model, chunks=chunks)
            vectors, fitness = vectors_from_bytes(self._content.get(key))
            self.fitness += fitness
            yield from vectors
