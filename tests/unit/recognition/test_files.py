"""Files of several pages, drawn page by page."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from voicehelper.errors import RejectedError
from voicehelper.recognition.files import count_pages, draw_page


def pdf(*colours: str, password: str = "") -> bytes:
    stream = io.BytesIO()
    pages = [Image.new("RGB", (200, 100), colour) for colour in colours]
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:])
    if not password:
        return stream.getvalue()
    writer, locked = PdfWriter(PdfReader(stream)), io.BytesIO()
    writer.encrypt(password, algorithm="AES-128")
    writer.write(locked)
    return locked.getvalue()


def test_pages_of_a_pdf_are_drawn_within_a_size() -> None:
    content = pdf("red", "lime")

    assert count_pages(content) == 2
    assert draw_page(content, 2, max_side=120).size == (120, 60)
    assert draw_page(content, 2, max_side=120).getpixel((60, 30)) == pytest.approx((0, 255, 0), abs=2)


def test_a_picture_is_a_file_of_one_page() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (50, 40), "blue").save(stream, "PNG")

    assert count_pages(stream.getvalue()) == 1
    assert draw_page(stream.getvalue(), 1, max_side=90).size == (50, 40)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(pdf("red", password="secret"), "password_protected"), (b"%PDF-1.7 nothing", "corrupt")],
    ids=["locked", "empty"],
)
def test_a_pdf_that_cannot_be_opened_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(RejectedError) as caught:
        count_pages(content)

    assert caught.value.reason == reason
