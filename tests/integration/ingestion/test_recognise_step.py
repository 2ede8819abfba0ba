"""Recognising by steps, with the real recogniser in its child: killed, repeated, poor and hostile pictures."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from voicehelper.errors import RejectedError
from voicehelper.ingestion.events import DocumentParsed, ParseRequested, RecogniseBatch
from voicehelper.ingestion.parsed_document import parsed_from_json
from voicehelper.ingestion.recognised import MAX_PICTURES, results_from_json
from voicehelper.ingestion.steps.keys import parsed_key, pictures_key, recognised_prefix
from voicehelper.ingestion.steps.parse_document import parse_document
from voicehelper.ingestion.steps.recognise_pictures import (
    BATCH_PICTURES,
    MAX_BATCHES,
    picture_batches,
    recognise_pictures,
)
from voicehelper.recognition.models import is_installed

from tests.support.bases import Base
from tests.support.fakes import FakeContent
from tests.support.scans import as_file, pdf_of, scan

pytestmark = pytest.mark.skipif(not is_installed(), reason="no recogniser is installed; `make install` does it")
TEXT = "This page has a text layer of its own."


class Storage(FakeContent):
    """Counts what is written, and can be downloaded from."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> None:
        super().put(key, body, content_type=content_type)
        self.written.append(key)

    def download(self, key: str, path: Path) -> None:
        path.write_bytes(self.objects[key])


def parse(content: bytes, name: str, storage: Storage) -> DocumentParsed:
    base = Base(uuid4(), uuid4())
    event = ParseRequested(**{**base.event(uuid4()).model_dump(), "filename": name, "source_attempt": 1})
    storage.objects[event.ref.source_key(1)] = content
    return parse_document(event, content=storage)


def recognise(asked: DocumentParsed, storage: Storage) -> None:
    for batch in asked.pictures:
        recognise_pictures(RecogniseBatch(**{**asked.model_dump(), "batch": batch}), content=storage)


def again(asked: DocumentParsed, storage: Storage) -> DocumentParsed:
    return parse_document(ParseRequested(**asked.model_dump()), content=storage)


def test_pages_are_recognised_once_whatever_is_repeated() -> None:
    storage = Storage()
    asked = parse(pdf_of(TEXT, scan("The pump is due in 75 days."), scan("Bay 9")), "a.pdf", storage)
    assert asked.parsed is None
    assert [batch.model_dump() for batch in asked.pictures] == [{"first": 0, "last": 2}]

    recognise(asked, storage)
    first = again(asked, storage)
    text = storage.objects[parsed_key(asked.ref)]
    read = [key for key in storage.written if key.startswith(recognised_prefix(asked.ref, 1))]
    del storage.objects[read[0]]  # as if the batch had been killed before its last picture
    storage.written.clear()
    recognise(asked, storage)
    second = again(asked, storage)

    assert len(read) == 2
    assert [key for key in storage.written if key in read] == read[:1]
    assert first.parsed == second.parsed
    assert first.parsed
    assert (first.parsed.pages_recognised, first.parsed.warnings, first.pictures) == ([2, 3], [], [])
    assert storage.objects[parsed_key(asked.ref)] == text
    assert [block.text for block in parsed_from_json(text).blocks] == [
        TEXT,
        "The pump is due in 75 days.",
        "Bay 9",
    ]


def test_another_attempt_reads_what_an_earlier_one_recognised() -> None:
    """Of a picture in a mail."""
    storage = Storage()
    mail = EmailMessage()
    mail.add_attachment(as_file(scan("Locker 417")), "image", "png", filename="badge.png")
    asked = parse(bytes(mail), "badge.eml", storage)
    recognise(asked, storage)

    retried = ParseRequested(**{**asked.model_dump(), "attempt": asked.attempt + 1, "is_recognised": False})
    parsed = parse_document(retried, content=storage)
    (block,) = parsed_from_json(storage.objects[parsed_key(asked.ref)]).blocks

    assert parsed.pictures == []
    assert (block.text, block.place.attachment, block.place.page) == ("Locker 417", "badge.png", 1)


def test_without_any_result_a_scan_has_no_text_and_is_not_noted_again() -> None:
    storage = Storage()
    asked = parse(as_file(scan("Locker 417")), "badge.png", storage)

    with pytest.raises(RejectedError) as caught:
        again(asked, storage)

    assert caught.value.reason == "no_text"


def test_a_picture_that_cannot_be_decoded_is_a_result_too() -> None:
    storage = Storage()
    content = as_file(scan("Locker 417"))
    asked = parse(content, "badge.png", storage)
    storage.objects[asked.ref.source_key(1)] = content[: len(content) // 3]

    recognise(asked, storage)
    (key,) = storage.keys(recognised_prefix(asked.ref, 1))

    assert results_from_json(storage.objects[key])["page:1"].reason == "corrupt"
    assert pictures_key(asked.ref, asked.attempt) in storage.objects


@pytest.mark.parametrize("count", [1, BATCH_PICTURES, BATCH_PICTURES + 1, 300, MAX_PICTURES])
def test_batches_cover_every_picture_once(count: int) -> None:
    batches = picture_batches(count)

    assert [number for batch in batches for number in range(batch.first, batch.last)] == list(range(count))
    assert max(batch.last - batch.first for batch in batches) <= max(BATCH_PICTURES, count / MAX_BATCHES)
