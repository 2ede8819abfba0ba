"""parsed.jsonl → chunks.jsonl, and the batches for the Map state of the embedding step."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError
from voicehelper.index.chunk import chunks_to_json
from voicehelper.ingestion import chunking, store
from voicehelper.ingestion.events import DocumentChunked, EmbeddingBatch, IngestionEvent
from voicehelper.ingestion.parsed_document import parsed_from_json
from voicehelper.ingestion.steps.keys import chunks_key, parsed_key

# Chunks of one embedding step: some 4 s offline, long enough for an invocation and short enough to repeat.
BATCH_CHUNKS: Final = 16


def chunk_document(event: IngestionEvent, *, database: Database, content: ContentStore) -> DocumentChunked:
    with database.transaction(event.tenant_id) as tx:
        store.claim(tx, event, stage="chunking")
    parsed = parsed_from_json(content.get(parsed_key(event.ref)))
    chunks = chunking.chunk_document(parsed, event.document_id)
    if not chunks:
        raise RejectedError("no_text")
    starts = range(0, len(chunks), BATCH_CHUNKS)
    parts = [chunks_to_json(chunks[first : first + BATCH_CHUNKS]) for first in starts]
    content.put(chunks_key(event.ref), b"".join(parts))
    return DocumentChunked(**event.model_dump(), batches=_batches(parts, len(chunks)))


def _batches(parts: Sequence[bytes], count: int) -> list[EmbeddingBatch]:
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
