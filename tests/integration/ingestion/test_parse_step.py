"""The parsing step on rows of a real PostgreSQL: bytes are what the upload said they are, on every attempt."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.ingestion.steps.parse_document import parse_document

from tests.support.bases import Base, create_base, create_document

TEXT = b"The lock opens at six."


class Folder:
    """A content store in a folder, whose ``source`` is whatever a form brought last."""

    def __init__(self, path: Path, source: bytes) -> None:
        self.source, self.results = path / "source", {}  # type: ignore[var-annotated]
        self.source.write_bytes(source)

    def download(self, _key: str, path: Path) -> None:
        shutil.copy(self.source, path)

    def put(self, key: str, body: bytes) -> None:
        self.results[key] = body


class FullDisk(Folder):
    def download(self, _key: str, _path: Path) -> None:
        shutil.copy(self.source, "/dev/full")


def announced(admin: psycopg.Connection[Any], digest: bytes | None) -> IngestionEvent:
    base = create_base(admin)
    document_id = create_document(admin, base)
    admin.execute(
        "UPDATE document SET status = 'processing', sha256 = %s, filename = 'lock.txt' WHERE id = %s",
        (digest, document_id),
    )
    return event_of(base, document_id)


def event_of(base: Base, document_id: UUID) -> IngestionEvent:
    return IngestionEvent(tenant_id=base.tenant_id, kb_id=base.kb_id, document_id=document_id, attempt=1)


def digest_of(admin: psycopg.Connection[Any], event: IngestionEvent) -> bytes:
    ((digest,),) = admin.execute("SELECT sha256 FROM document WHERE id = %s", (event.document_id,)).fetchall()
    return bytes(digest)


@pytest.mark.parametrize("named", [True, False])
def test_bytes_with_the_named_digest_or_without_one_are_parsed(
    admin: psycopg.Connection[Any], database: Database, tmp_path: Path, named: bool
) -> None:
    digest = hashlib.sha256(TEXT).digest()
    event, content = announced(admin, digest if named else None), Folder(tmp_path, TEXT)
    parse_document(event, database=database, content=content)  # type: ignore[arg-type]

    assert len(content.results) == 1
    assert digest_of(admin, event) == digest


def test_other_bytes_of_the_same_length_are_refused_and_keep_no_digest_of_their_own(
    admin: psycopg.Connection[Any], database: Database, tmp_path: Path
) -> None:
    digest = hashlib.sha256(TEXT).digest()
    event, content = announced(admin, digest), Folder(tmp_path, TEXT[::-1])
    with pytest.raises(RejectedError) as caught:
        parse_document(event, database=database, content=content)  # type: ignore[arg-type]

    assert caught.value.reason == "digest_mismatch"
    assert content.results == {}
    assert digest_of(admin, event) == digest


def test_a_disk_without_room_is_tried_again(admin: psycopg.Connection[Any], database: Database, tmp_path: Path) -> None:
    with pytest.raises(UpstreamUnavailableError, match="storage_full"):
        parse_document(announced(admin, None), database=database, content=FullDisk(tmp_path, TEXT))  # type: ignore[arg-type]
