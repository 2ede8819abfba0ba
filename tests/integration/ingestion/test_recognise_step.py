"""Recognising by steps, with the real recogniser in its child: killed, repeated, poor and hostile pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from voicehelper.errors import RejectedError, UpstreamUnavailableError
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
from voicehelper.recognition.protocol import BUILTIN, Provider
from voicehelper.recognition.stacking import stacked
from voicehelper.shapes.recognition import RecognisedPage

from tests.support.bases import Base
from tests.support.fakes import FakeContent
from tests.support.scans import as_file, pdf_of, scan

pytestmark = pytest.mark.skipif(not is_installed(), reason="no recogniser is installed; `make install` does it")
TEXT = "This page has a text layer of its own."


class KilledError(BaseException):
    """The process has ended."""


class Storage(FakeContent):
    """Counts what is written, and can be downloaded from."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.dies_at = 0  # the number of the object that is not written any more; 0 for never

    def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> None:
        if len(self.written) + 1 == self.dies_at:
            self.dies_at = 0
            raise KilledError
        super().put(key, body, content_type=content_type)
        self.written.append(key)

    def download(self, key: str, path: Path) -> None:
        path.write_bytes(self.objects[key])


def parse(content: bytes, name: str, storage: Storage) -> DocumentParsed:
    base = Base(uuid4(), uuid4())
    event = ParseRequested(**{**base.event(uuid4()).model_dump(), "filename": name, "source_attempt": 1})
    storage.objects[event.ref.source_key(1)] = content
    return parse_document(event, content=storage)


def recognise(asked: DocumentParsed, storage: Storage, provider: Provider | None = None) -> None:
    for batch in asked.pictures:
        event = RecogniseBatch(**{**asked.model_dump(), "batch": batch})
        recognise_pictures(event, content=storage, provider=provider)


def again(asked: DocumentParsed, storage: Storage, recogniser: str = BUILTIN) -> DocumentParsed:
    return parse_document(ParseRequested(**asked.model_dump()), content=storage, recogniser=recogniser)


@dataclass
class Service:
    """A recogniser outside that knows ``languages`` and answers ``page``, or is away."""

    languages: tuple[str, ...]
    page: RecognisedPage | None = None
    name: str = "service"
    asked: list[str] = field(default_factory=list)

    def reads(self, language: str) -> bool:
        return language in self.languages

    def recognise(self, picture: bytes, *, language: str, tables: bool) -> RecognisedPage:
        assert picture.startswith(b"\xff\xd8\xff")
        assert tables
        self.asked.append(language)
        if self.page is None:
            raise UpstreamUnavailableError("away")
        return self.page


def test_pages_are_recognised_once_whatever_is_repeated() -> None:
    storage = Storage()
    asked = parse(pdf_of(TEXT, scan("The pump is due in 75 days."), scan("Bay 9")), "a.pdf", storage)
    assert asked.parsed is None
    assert [batch.model_dump() for batch in asked.pictures] == [{"first": 0, "last": 2}]

    recognise(asked, storage)
    first = again(asked, storage)
    text = storage.objects[parsed_key(asked.ref)]
    read = [key for key in storage.written if key.startswith(recognised_prefix(asked.ref, 1, BUILTIN))]
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
    (key,) = storage.keys(recognised_prefix(asked.ref, 1, BUILTIN))

    assert results_from_json(storage.objects[key])["page:1"].reason == "corrupt"
    assert pictures_key(asked.ref, asked.attempt) in storage.objects


def test_a_service_that_is_configured_reads_in_place_of_the_built_in_recogniser() -> None:
    """One that tells neither places nor how sure it is, as a chat model."""
    lines, tables = stacked(["Stock", "Part Bin", "Pump 417"], [(("Part", "Bin"), ("Pump", "417"))], 0.5)
    service = Service(("zh-CN", "en"), RecognisedPage(1, lines, tables, 0.5, 0, "", is_placed=False))
    storage = Storage()
    asked = parse(as_file(scan("x")), "badge.png", storage)

    recognise(asked, storage, service)
    parsed = again(asked, storage, service.name).parsed

    assert parsed
    assert (parsed.warnings, parsed.pages_recognised, len(service.asked)) == ([], [1], 1)
    blocks = parsed_from_json(storage.objects[parsed_key(asked.ref)]).blocks
    assert [block.text for block in blocks] == ["Stock", "Part: Pump | Bin: 417"]
    assert {block.place.recognised for block in blocks} == {0.5}
    assert not [key for key in storage.written if "/layouts/" in key]


def test_where_a_service_is_away_the_built_in_recogniser_reads_and_the_document_says_so() -> None:
    """One that knows no Chinese, as Textract: what is in which language tells the built-in one."""
    service = Service(("en",))
    storage = Storage()
    asked = parse(as_file(scan("Locker 417")), "badge.png", storage)

    recognise(asked, storage, service)
    parsed = again(asked, storage, service.name).parsed

    assert parsed
    assert (service.asked, parsed.warnings, parsed.pages_recognised) == (["en"], ["recogniser_away"], [1])


def test_of_a_killed_batch_only_the_picture_in_work_is_read_again() -> None:
    """Twelve pages in three batches; the second one dies as it stores its second result."""
    lines, _ = stacked(["Bay 9"], [], 0.5)
    service = Service(("zh-CN", "en"), RecognisedPage(1, lines, (), 0.5, 0, "Bay 9", is_placed=False))
    storage = Storage()
    asked = parse(pdf_of(*[scan("x").resize((90, 40))] * 12), "a.pdf", storage)
    storage.dies_at = len(storage.written) + 6

    with pytest.raises(KilledError):
        recognise(asked, storage, service)
    before = len(service.asked)
    recognise(asked, storage, service)
    parsed = again(asked, storage, service.name).parsed

    assert [batch.last - batch.first for batch in asked.pictures] == [4, 4, 4]
    assert (before, len(service.asked)) == (6, 13)
    assert parsed
    assert parsed.pages_recognised == list(range(1, 13))


@pytest.mark.parametrize("count", [1, BATCH_PICTURES, BATCH_PICTURES + 1, 300, MAX_PICTURES])
def test_batches_cover_every_picture_once(count: int) -> None:
    batches = picture_batches(count)

    assert [number for batch in batches for number in range(batch.first, batch.last)] == list(range(count))
    assert max(batch.last - batch.first for batch in batches) <= max(BATCH_PICTURES, count / MAX_BATCHES)
