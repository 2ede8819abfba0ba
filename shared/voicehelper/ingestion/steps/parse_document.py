"""The uploaded file → parsed.jsonl, in a child process with its own limits.

The function that runs this reads hostile files and has no right on the database: the event brings what it needs of the
document's row, and the next step records what was found.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from voicehelper.adapters.content import ContentStore
from voicehelper.errors import RejectedError
from voicehelper.ingestion.disk import full_disk_is_transient
from voicehelper.ingestion.events import ChunkRequested, IngestionEvent, ParsedFile
from voicehelper.ingestion.sandbox import parse_in_child
from voicehelper.ingestion.steps.keys import parsed_key


def parse_document(event: IngestionEvent, *, content: ContentStore) -> ChunkRequested:
    with full_disk_is_transient(), tempfile.TemporaryDirectory() as folder:
        source, parsed = Path(folder, "source"), Path(folder, "parsed.jsonl")
        content.download(event.ref.source_key(event.source_attempt), source)
        digest = _checked_digest(source, announced=event.sha256)
        coverage = parse_in_child(source, parsed, filename=event.filename)
        content.put(parsed_key(event.ref), parsed.read_bytes())
        found = ParsedFile(sha256=digest, size_bytes=source.stat().st_size, **coverage)
    return ChunkRequested(**event.model_dump(), parsed=found)


def _checked_digest(source: Path, *, announced: str) -> str:
    """The digest of the bytes in storage, which must be the announced one: a form may bring other bytes."""
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if announced not in ("", digest):
        raise RejectedError("digest_mismatch", f"the stored bytes have {digest}")
    return digest
