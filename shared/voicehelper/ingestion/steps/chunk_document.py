"""parsed.jsonl → chunks.jsonl in a child process, and the batches for the Map state of the embedding step."""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError
from voicehelper.index.chunk import chunks_from_json, chunks_to_json
from voicehelper.ingestion import edits, store
from voicehelper.ingestion.disk import full_disk_is_transient
from voicehelper.ingestion.events import ChunkRequested, DocumentChunked, EmbeddingBatch, IngestionEvent
from voicehelper.ingestion.sandbox import chunk_in_child
from voicehelper.ingestion.steps.keys import chunks_key, parsed_key

# Chunks of one embedding step: some 4 s offline, long enough for an invocation and short enough to repeat.
BATCH_CHUNKS: Final = 16
# An execution has 25,000 events of history and 256 KiB of state. A batch takes seven events and some 80 bytes, and
# each try that was refused three events more; a contract test adds them up for the longest document. Above this number
# batches grow in place of becoming more.
MAX_BATCHES: Final = 600
# Ten batches at once embed some 40 chunks a second offline, so this many take 28 minutes of the
# execution's hour. Indexing their text took 90 s on two busy cores and 0.7 GB, of its function's 600 s and 2 GB. With
# fewer batches at once a document is shorter.
MAX_CHUNKS: Final = MAX_BATCHES * 112
MAX_LANES: Final = 10


def chunk_document(
    event: ChunkRequested, *, database: Database, content: ContentStore, lanes: int = MAX_LANES
) -> DocumentChunked:
    """``lanes`` is how many batches may be embedded at once, ``MAX_LANES`` at most."""
    with database.transaction(event.tenant_id) as tx:
        store.claim(tx, event, stage="chunking")
        if event.parsed and not store.record_parsed(tx, event, event.parsed):
            raise RejectedError("duplicate")
        changes = edits.read_edits(tx, event.document_id)
    with full_disk_is_transient(), tempfile.TemporaryDirectory() as folder:
        parsed, chunks = Path(folder, "parsed.jsonl"), Path(folder, "chunks.jsonl")
        content.download(parsed_key(event.ref), parsed)
        count, sizes = chunk_in_child(parsed, chunks, document_id=event.document_id, batch_chunks=BATCH_CHUNKS)
        raw = chunks.read_bytes()
    if changes:
        raw, sizes, count = _with_edits(event, raw, changes, database=database)
    require_fitting(count, lanes=lanes)
    content.put(chunks_key(event.ref), raw)
    batches = embedding_batches(sizes, count)
    ids = IngestionEvent.model_validate(event.model_dump()).model_dump()
    return DocumentChunked(**ids, batches=batches, lanes=lanes)


def _with_edits(
    event: ChunkRequested, raw: bytes, changes: Sequence[edits.EditedChunk], *, database: Database
) -> tuple[bytes, list[int], int]:
    """The chunks as people want them, the bytes of each batch, and the number of chunks."""
    applied = edits.apply_edits(chunks_from_json(raw), changes)
    with database.transaction(event.tenant_id) as tx:
        edits.record_applied(tx, event.document_id, applied)
    chunks = applied.chunks
    batches = [chunks_to_json(chunks[first : first + BATCH_CHUNKS]) for first in range(0, len(chunks), BATCH_CHUNKS)]
    return b"".join(batches), list(map(len, batches)), len(chunks)


def require_fitting(count: int, *, lanes: int = MAX_LANES) -> None:
    """RejectedError ``no_text`` without chunks, ``too_many_chunks`` where one execution cannot embed them all."""
    if not count:
        raise RejectedError("no_text")
    if count > MAX_CHUNKS * lanes // MAX_LANES:
        raise RejectedError("too_many_chunks", f"{count} chunks")


def embedding_batches(sizes: Sequence[int], count: int) -> list[EmbeddingBatch]:
    """At most ``MAX_BATCHES``, in order and without a gap.

    ``sizes`` are in bytes, of ``BATCH_CHUNKS`` chunks each but for the last; a batch is one of them or several.
    """
    together = max(1, math.ceil(len(sizes) / MAX_BATCHES))
    bounds = [*range(0, len(sizes), together), len(sizes)]
    ends = [0, *itertools.accumulate(sizes)]
    return [
        EmbeddingBatch(
            first=begin * BATCH_CHUNKS,
            last=min(end * BATCH_CHUNKS, count),
            first_byte=ends[begin],
            last_byte=ends[end],
        )
        for begin, end in itertools.pairwise(bounds)
    ]
