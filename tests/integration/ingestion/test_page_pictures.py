"""Pages drawn in the sandbox: the boxes of words lie on the words of the picture, however a page is turned and cut."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from voicehelper.errors import RejectedError
from voicehelper.ingestion.page_pictures import SHOWN_PIXELS
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.sandbox import draw_in_child

WIDTH, HEIGHT = A4


def pdf_of(*, text_turn: int = 0, page_turn: int = 0, crop: tuple[float, float, float, float] | None = None) -> bytes:
    """A page with one line of text in its middle third, set at an angle, under a flag that turns the page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.translate(WIDTH / 3, HEIGHT / 2)
    canvas.rotate(text_turn)
    canvas.setFont("Helvetica", 20)
    canvas.drawString(0, 0, "Warranty")
    canvas.save()
    pdf = pypdfium2.PdfDocument(buffer.getvalue())
    pdf[0].set_rotation(page_turn)
    if crop:
        pdf[0].set_cropbox(*crop)
    turned = io.BytesIO()
    pdf.save(turned)
    return turned.getvalue()


def drawn(content: bytes, name: str, folder: Path, *, page: int = 1, turn: int = 0) -> Image.Image:
    source, picture = folder / "source", folder / "picture.webp"
    source.write_bytes(content)
    draw_in_child(source, picture, filename=name, page=page, turn=turn)
    return Image.open(picture)


@pytest.mark.parametrize(
    ("text_turn", "page_turn", "crop"),
    [(0, 0, None), (90, 90, None), (90, 0, None), (180, 0, None), (270, 90, None), (0, 0, (150, 300, 500, 700)),
     (90, 90, (150, 300, 500, 700))],
)  # fmt: skip
def test_the_box_of_a_word_lies_on_the_word(
    text_turn: int, page_turn: int, crop: tuple[float, float, float, float] | None, tmp_path: Path
) -> None:
    content = pdf_of(text_turn=text_turn, page_turn=page_turn, crop=crop)
    (layout,) = parse_document(content, "a.pdf").layouts

    picture = drawn(content, "a.pdf", tmp_path, turn=layout.turn).convert("L")
    ink = picture.point(lambda value: 255 * (value < 128)).getbbox()

    (box,) = layout.boxes
    assert ink
    assert ink[2] - ink[0] > 2 * (ink[3] - ink[1])  # the text is upright
    sides = zip(ink, (*picture.size, *picture.size), strict=True)
    assert [side / whole for side, whole in sides] == pytest.approx(box, abs=0.015)


def test_pictures_are_bounded_and_tiffs_have_pages(tmp_path: Path) -> None:
    frames = [Image.new("L", (4000, 3000), shade) for shade in (0, 255)]
    stream = io.BytesIO()
    frames[0].save(stream, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")

    second = drawn(stream.getvalue(), "a.tif", tmp_path, page=2, turn=90)

    assert second.height > second.width
    assert second.width * second.height <= SHOWN_PIXELS
    assert second.convert("L").getextrema() == (255, 255)


def png_of(width: int, height: int) -> bytes:
    """Its header says so, and its data are of one row."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(width + 1))), (b"IEND", b"")]
    parts = [struct.pack(">I", len(b)) + a + b + struct.pack(">I", zlib.crc32(a + b)) for a, b in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("content", "name", "page", "reason"),
    [
        (pdf_of(), "a.pdf", 2, "page_not_found"),
        (pdf_of()[:300], "a.pdf", 1, "corrupt"),
        (png_of(40_000, 40_000), "a.png", 1, "image_too_large"),
        (png_of(400, 400)[:-20], "a.png", 1, "corrupt"),
        (png_of(400, 400), "a.png", 2, "page_not_found"),
        (b"plain", "a.txt", 1, "no_pages"),
    ],
    ids=["no such page", "cut", "bomb", "cut picture", "no such frame", "text"],
)
def test_what_cannot_be_drawn_has_a_reason(content: bytes, name: str, page: int, reason: str, tmp_path: Path) -> None:
    with pytest.raises(RejectedError) as caught:
        drawn(content, name, tmp_path, page=page)

    assert caught.value.reason == reason
