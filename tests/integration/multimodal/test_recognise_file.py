"""The function that reads files, in its child process: hostile ones end with a reason, within its limits."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from voicehelper.multimodal.keys import TaskRef
from voicehelper.multimodal.models import FileToRead, Outcome
from voicehelper.multimodal.work import recognise_file
from voicehelper.recognition import models

from tests.support.drawn.pages import encoded
from tests.support.fakes import FakeContent

pytestmark = pytest.mark.skipif(not models.is_installed(), reason="the engine has no wheel for this Python")
REF = TaskRef(UUID(int=1), UUID(int=2), UUID(int=3))
EVENT = FileToRead(tenant_id=REF.tenant_id, user_id=REF.user_id, task_id=REF.task_id)


class Storage(FakeContent):
    def download(self, key: str, path: Path) -> None:
        path.write_bytes(self.objects[key])


def outcome_of(body: bytes, options: bytes = b"{}") -> Outcome:
    storage = Storage({REF.request: options, REF.source: body})
    recognise_file(EVENT, content=storage, provider=None)
    return Outcome.model_validate_json(storage.objects[REF.outcome])


def many_pages(count: int) -> bytes:
    stream = io.BytesIO()
    page = Image.new("1", (10, 10))
    page.save(stream, "TIFF", save_all=True, append_images=[page] * (count - 1))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_file"),
        (b"GIF89a" + bytes(40), "unsupported_type"),
        (encoded(Image.effect_noise((300, 300), 90), "PNG")[:20_000], "corrupt"),
        (b"%PDF-1.7\n" + bytes(400), "corrupt"),
        (many_pages(101), "too_many_pages"),
        (encoded(Image.new("1", (12_000, 12_000))), "image_too_large"),
    ],
    ids=["empty", "gif", "cut", "hollow pdf", "101 pages", "144 megapixels"],
)
def test_a_file_that_cannot_be_read_ends_with_its_reason(body: bytes, reason: str) -> None:
    outcome = outcome_of(body)

    assert (outcome.result, outcome.reason) == (None, reason)


def test_what_was_read_before_is_not_read_again() -> None:
    storage = Storage({REF.outcome: b"done", REF.request: b"{}", REF.source: b""})

    recognise_file(EVENT, content=storage, provider=None)

    assert storage.objects[REF.outcome] == b"done"
