"""The uploaded file → parsed.jsonl and the places of its words, in a child process with its own limits.

Where text is in pictures, the first call notes them for the recognising step, and the second one puts what was read
into its place. The function that runs this reads hostile files and has no right on the database: the event brings what
it needs of the document's row, and the next step records what was found.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from voicehelper.adapters.content import ContentStore
from voicehelper.errors import RejectedError
from voicehelper.ingestion.disk import full_disk_is_transient
from voicehelper.ingestion.events import DocumentParsed, ParsedFile, ParseRequested
from voicehelper.ingestion.recognised import MAX_PICTURES, merged_results
from voicehelper.ingestion.sandbox import parse_in_child
from voicehelper.ingestion.steps.keys import layout_key, parsed_key, pictures_key, recognised_prefix
from voicehelper.ingestion.steps.recognise_pictures import picture_batches
from voicehelper.observability.traces import note
from voicehelper.recognition.protocol import BUILTIN

MAX_LANES: Final = 10
_LEAST_PICTURES: Final = 300  # half an hour in one lane
_READS_AT_ONCE: Final = 8


def parse_document(
    event: ParseRequested, *, content: ContentStore, lanes: int = MAX_LANES, recogniser: str = BUILTIN
) -> DocumentParsed:
    """``lanes`` is how many batches of pictures may be recognised at once, ``recogniser`` who is asked first."""
    with full_disk_is_transient(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, layouts = folder / "source", folder / "layouts"
        layouts.mkdir()
        content.download(event.ref.source_key(event.source_attempt), source)
        digest = _checked_digest(source, announced=event.sha256)
        found = parse_in_child(
            source,
            folder / "parsed.jsonl",
            filename=event.filename,
            layouts=layouts,
            recognised=_recognised(event, content, folder, recogniser),
            most_pictures=0 if event.is_recognised else max(_LEAST_PICTURES, MAX_PICTURES * lanes // MAX_LANES),
        )
        pending = found.pop("pending")
        if pending:
            content.put(pictures_key(event.ref, event.attempt), json.dumps(pending).encode())
            return _parsed(event, is_recognised=True, pictures=picture_batches(len(pending)), lanes=lanes)
        for batch in layouts.iterdir():
            content.put(layout_key(event.ref, int(batch.name)), batch.read_bytes())
        content.put(parsed_key(event.ref), (folder / "parsed.jsonl").read_bytes())
        file = ParsedFile(sha256=digest, size_bytes=source.stat().st_size, **found)
    note(**{"document.pages": file.pages_total, "document.characters": file.characters})
    return _parsed(event, parsed=file, lanes=lanes)


def _parsed(event: ParseRequested, **more: Any) -> DocumentParsed:
    return DocumentParsed(**{**event.model_dump(), **more})


def _recognised(event: ParseRequested, content: ContentStore, folder: Path, recogniser: str) -> Path | None:
    """What this attempt or an earlier one recognised of the file; None where nothing can have been."""
    if not event.is_recognised and event.attempt <= 1:
        return None
    keys = content.keys(recognised_prefix(event.ref, event.source_attempt, recogniser))
    with ThreadPoolExecutor(_READS_AT_ONCE) as pool:
        results = list(pool.map(content.get, keys))
    path = folder / "recognised.json"
    path.write_bytes(merged_results(results))
    return path


def _checked_digest(source: Path, *, announced: str) -> str:
    """The digest of the bytes in storage, which must be the announced one: a form may bring other bytes."""
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if announced not in ("", digest):
        raise RejectedError("digest_mismatch", f"the stored bytes have {digest}")
    return digest
