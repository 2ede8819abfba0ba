"""One whole file of every format, made in memory, for the attacks to damage."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import docx
import openpyxl  # type: ignore[import-untyped]
from PIL import Image
from pptx import Presentation

MANUAL: Final = Path(__file__).parents[2] / "demo" / "yunti-t1-manual.pdf"
PARAGRAPHS: Final = ("The pump stops at 80 °C.", "退货期限为三十天。", "Warranty: 24 months from delivery.")


def _word() -> bytes:
    document = docx.Document()
    document.add_heading("Operating manual", 1)
    for text in PARAGRAPHS:
        document.add_paragraph(text, style="List Number")
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Limits"
    table.cell(2, 2).text = "80"
    return _saved(document.save)


def _slides() -> bytes:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    for shape, text in zip(slide.placeholders, PARAGRAPHS, strict=False):
        shape.text = text
    slide.notes_slide.notes_text_frame.text = PARAGRAPHS[2]
    return _saved(deck.save)


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Part", "Price", "Since"])
    for row in range(2, 30):
        sheet.append([f"P-{row}", row * 1.5, row])
        sheet.cell(row, 2).number_format = "0.00 €"
    sheet.merge_cells("A31:C31")
    return _saved(book.save)


def _mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Delivery", "Ann <ann@example.com>", "bob@example.com"
    mail.set_content("\n".join(PARAGRAPHS))
    mail.add_alternative(_page().decode(), subtype="html")
    mail.add_attachment(b"part,price\nP-1,3\n", maintype="text", subtype="csv", filename="prices.csv")
    return bytes(mail)


def _page() -> bytes:
    items = "".join(f"<li>{text}</li>" for text in PARAGRAPHS)
    style = "<style>.a{display:none}@media print{.b{color:red}}</style>"
    table = "<table><tr><th colspan=2>Limits</th></tr><tr><td>Heat</td><td>80</td></tr></table>"
    return f"<html><head><title>Manual</title>{style}</head><body><ol>{items}</ol>{table}</body></html>".encode()


def _markdown() -> bytes:
    table = "| part | price |\n|---|---:|\n| P-1 | *3* |\n"
    return ("# Manual\n\n" + "\n\n".join(PARAGRAPHS) + f"\n\n- [link](a.html)\n  - **bold**\n\n{table}").encode() * 4


def _picture() -> bytes:
    return _saved(lambda stream: Image.new("RGB", (64, 48), "white").save(stream, "PNG"))


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


SAMPLES: Final[Mapping[str, Callable[[], bytes]]] = {
    "manual.pdf": MANUAL.read_bytes,
    "manual.docx": _word,
    "slides.pptx": _slides,
    "prices.xlsx": _workbook,
    "delivery.eml": _mail,
    "manual.html": _page,
    "manual.md": _markdown,
    "prices.csv": lambda: b"part,price\n" + b"".join(b"P-%d,%d\n" % (n, n) for n in range(200)),
    "note.txt": lambda: "\n\n".join(PARAGRAPHS).encode("utf-16"),
    "scan.png": _picture,
}
