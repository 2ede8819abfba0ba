"""Parsing and what is recorded of it: bytes are what the upload said they are, on every attempt."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.errors import RejectedError, SupersededError, UpstreamUnavailableError
from voicehelper.ingestion.events import ChunkRequested, ParseRequested
from voicehelper.ingestion.steps.chunk_document import chunk_document
from voicehelper.ingestion.steps.parse_document import parse_document

from tests.support.bases import Base, create_base, create_document
from tests.support.fakes import FakeContent

TEXT = b"The lock opens at six."
DIGEST = hashlib.sha256(TEXT).hexdigest()


class Folder(FakeContent):
    """A content store whose objects may be downloaded."""

    def download(self, key: str, path: Path) -> None:
        path.write_bytes(self.objects[key])


class FullDisk(Folder):
    def download(self, key: str, path: Path) -> None:
        path.write_bytes(self.objects[key])
        shutil.copy(path, "/dev/full")


def event_of(base: Base, document_id: UUID, sha256: str = "") -> ParseRequested:
    known = {"filename": "lock.txt", "sha256": sha256, "source_attempt": 3}
    return ParseRequested(**{**base.event(document_id).model_dump(), **known})


def parse(sha256: str = "", content: type[Folder] = Folder) -> tuple[ChunkRequested, Folder]:
    event = event_of(Base(uuid4(), uuid4()), uuid4(), sha256)
    store = content({event.ref.source_key(3): TEXT})
    return parse_document(event, content=store), store


@pytest.mark.parametrize("announced", ["", DIGEST])
def test_bytes_with_the_named_digest_or_without_one_are_parsed(announced: str) -> None:
    asked, content = parse(announced)

    assert asked.parsed
    assert (asked.parsed.sha256, asked.parsed.size_bytes, asked.parsed.characters) == (DIGEST, len(TEXT), len(TEXT))
    assert len(content.objects) == 2


def test_other_bytes_of_the_same_length_are_refused() -> None:
    with pytest.raises(RejectedError) as caught:
        parse(hashlib.sha256(TEXT[::-1]).hexdigest())

    assert caught.value.reason == "digest_mismatch"


def test_a_disk_without_room_is_tried_again() -> None:
    with pytest.raises(UpstreamUnavailableError, match="storage_full"):
        parse(content=FullDisk)


def parsed_document(
    admin: psycopg.Connection[Any], base: Base, document_id: UUID | None = None
) -> tuple[ChunkRequested, Folder]:
    document_id = document_id or create_document(admin, base)
    event = event_of(base, document_id)
    content = Folder({event.ref.source_key(3): TEXT})
    return parse_document(event, content=content), content


def test_the_next_step_records_what_was_found(admin: psycopg.Connection[Any], database: Database) -> None:
    asked, content = parsed_document(admin, create_base(admin))
    chunk_document(asked, database=database, content=content)

    row = admin.execute("SELECT sha256, size_bytes, characters, stage FROM document").fetchone()
    assert row == (bytes.fromhex(DIGEST), len(TEXT), len(TEXT), "chunking")


def test_bytes_that_the_base_has_already_are_a_duplicate(admin: psycopg.Connection[Any], database: Database) -> None:
    base = create_base(admin)
    first, content = parsed_document(admin, base)
    chunk_document(first, database=database, content=content)
    second, content = parsed_document(admin, base)
    elsewhere, other_content = parsed_document(admin, create_base(admin))

    with pytest.raises(RejectedError) as caught:
        chunk_document(second, database=database, content=content)
    chunk_document(elsewhere, database=database, content=other_content)

    assert caught.value.reason == "duplicate"


def test_an_attempt_that_goes_on_with_parsed_text_changes_none_of_it(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    asked, content = parsed_document(admin, create_base(admin))
    chunk_document(asked, database=database, content=content)
    chunk_document(asked.model_copy(update={"parsed": None, "attempt": 2}), database=database, content=content)

    assert admin.execute("SELECT characters, attempt FROM document").fetchone() == (len(TEXT), 2)
    with pytest.raises(SupersededError):
        chunk_document(asked, database=database, content=content)
