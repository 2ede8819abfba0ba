"""parsed.jsonl → chunks.jsonl in a child process, and the batches for the Map state of the embedding step."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError
from voicehelper.ingestion import store
from voicehelper.ingestion.disk import full_disk_is_transient
from voicehelper.ingestion.events import ChunkRequested, DocumentChunked, EmbeddingBatch
from voicehelper.ingestion.sandbox import chunk_in_child
from voicehelper.ingestion.steps.keys import chunks_key, parsed_key

# Chunks of one embedding step: some 4 s offline, long enough for an invocation and short enough to repeat.
BATCH_CHUNKS: Final = 16


def chunk_document(event: ChunkRequested, *, database: Database, content: ContentStore) -> DocumentChunked:
    with database.transaction(event.tenant_id) as tx:
        store.claim(tx, event, stage="chunking")
        if event.parsed and not store.record_parsed(tx, event, event.parsed):
            raise RejectedError("duplicate")
    with full_disk_is_transient(), tempfile.TemporaryDirectory() as folder:
        parsed, chunks = Path(folder, "parsed.jsonl"), Path(folder, "chunks.jsonl")
        content.download(parsed_key(event.ref), parsed)
        count, sizes = chunk_in_child(parsed, chunks, document_id=event.document_id, batch_chunks=BATCH_CHUNKS)
        if not count:
            raise RejectedError("no_text")
        content.put(chunks_key(event.ref), chunks.read_bytes())
    return DocumentChunked(**event.model_dump(exclude={"parsed"}), batches=_batches(sizes, count))


def _batches(sizes: Sequence[int], count: int) -> list[EmbeddingBatch]:
    """``sizes`` in bytes, of ``BATCH_CHUNKS`` chunks each but for the last."""
    ends = list(itertools.accumulate(sizes))
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
