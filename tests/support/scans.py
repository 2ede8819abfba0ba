"""Scanned pages, drawn with a font that Pillow brings along: text in pictures, and PDFs of such pages."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A5
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

_SIZE, _LINE, _MARGIN = (900, 400), 60, 50


def scan(*lines: str, turned: int = 0) -> Image.Image:
    """A strip of paper with a few lines; ``turned`` counterclockwise."""
    picture = Image.new("RGB", _SIZE, (252, 250, 245))
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((_MARGIN, _MARGIN + number * _LINE), line, (30, 30, 40), ImageFont.load_default(size=32))
    return picture.rotate(turned, expand=True)


def as_file(picture: Image.Image, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind)
    return stream.getvalue()


def pdf_of(*pages: Image.Image | str | Sequence[str]) -> bytes:
    """A page each: a picture over the whole width, or lines of text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A5)
    width, height = A5
    for page in pages:
        if isinstance(page, Image.Image):
            tall = width * page.height / page.width
            canvas.drawImage(ImageReader(page), 0, height - tall, width, tall)
        else:
            for number, line in enumerate([page] if isinstance(page, str) else page):
                canvas.drawString(40, height - 60 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
