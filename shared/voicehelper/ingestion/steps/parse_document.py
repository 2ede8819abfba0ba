"""The uploaded file → parsed.jsonl, in a child process with its own limits; stores the coverage in the row."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError
from voicehelper.ingestion import store
from voicehelper.ingestion.disk import full_disk_is_transient
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.ingestion.sandbox import parse_in_child
from voicehelper.ingestion.steps.keys import parsed_key


def parse_document(event: IngestionEvent, *, database: Database, content: ContentStore) -> IngestionEvent:
    with database.transaction(event.tenant_id) as tx:
        document = store.claim(tx, event, stage="parsing")
    with full_disk_is_transient(), tempfile.TemporaryDirectory() as folder:
        source, parsed = Path(folder, "source"), Path(folder, "parsed.jsonl")
        content.download(event.ref.source_key(document.source_attempt), source)
        _check_digest(event, source, announced=document.sha256, database=database)
        coverage = parse_in_child(source, parsed, filename=document.filename)
        content.put(parsed_key(event.ref), parsed.read_bytes())
    with database.transaction(event.tenant_id) as tx:
        store.set_coverage(tx, event, **coverage)
    return event


def _check_digest(event: IngestionEvent, source: Path, *, announced: bytes | None, database: Database) -> None:
    """Verifies the digest that the upload named, or stores that of the bytes where it named none.

    Always by the bytes in storage: a form can be used more than once, and may bring other bytes than announced.
    """
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").digest()
    if announced not in (None, digest):
        raise RejectedError("digest_mismatch", f"the stored bytes have {digest.hex()}")
    if announced is None:
        with database.transaction(event.tenant_id) as tx:
            if not store.set_digest(tx, event, sha256=digest, size_bytes=source.stat().st_size):
                raise RejectedError("duplicate")
