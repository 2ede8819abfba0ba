"""Whole files of each format, made with the libraries that write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage

import docx
import pptx
from pptx.util import Inches
from reportlab.pdfgen.canvas import Canvas

from tests.unit.ingestion.samples import workbook, zipped

SENTENCE = "The boiler opens its relief valve at six bar."


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("Limits", 1)
    document.add_paragraph(SENTENCE)
    document.add_paragraph("drain it", style="List Number")
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Part"
    for place, text in {(0, 2): "Bar", (1, 0): "valve", (1, 1): "left", (1, 2): "6"}.items():
        table.cell(*place).text = text
    return _saved(document.save)


def slide_deck() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Limits"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(2), Inches(2), Inches(1)).text_frame.text = SENTENCE
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(0, 0).text = "Pressure"
    return _saved(deck.save)


def sheet() -> bytes:
    rows: list[list[str | float]] = [["Note", "Day", "Share"], [SENTENCE, 45_000.0, 0.125], ["merged", "", 0.5]]
    return workbook(rows, '<mergeCells><mergeCell ref="A3:B3"/></mergeCells>', {"B2": 1, "C2": 2})


def pdf_file(bookmark: str = "Limits") -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0)
    canvas.setTitle("Boiler")
    canvas.bookmarkPage("here")
    canvas.addOutlineEntry(bookmark, "here")
    canvas.drawString(60, 740, "Limits")
    canvas.drawString(60, 700, SENTENCE)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Limits", "a@example.com", "b@example.com"
    message.set_content(SENTENCE)
    message.add_attachment(sheet(), maintype="application", subtype="octet-stream", filename="limits.xlsx")
    return bytes(message)


def with_parts(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The archive with every part replaced by what ``change(name, content)`` returns."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped({name: change(name, archive.read(name)) for name in archive.namelist()})


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


PAGE = f"""<html><head><style>.x{{display:none}}</style></head><body><h1>Limits</h1><p>{SENTENCE}</p>
<table><tr><td colspan=2>Part<td rowspan=2>Bar<tr><td>valve<td>left</table></body></html>"""
MARKDOWN = (
    f"# Limits\n\n{SENTENCE} [more](https://example.com) `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n1. x\n   - y\n"
)
FILES: dict[str, bytes] = {
    "a.docx": word_file(),
    "a.pptx": slide_deck(),
    "a.xlsx": sheet(),
    "a.pdf": pdf_file(),
    "a.eml": mail(),
    "a.html": PAGE.encode(),
    "a.md": MARKDOWN.encode(),
    "a.csv": f'Note;Day\n"{SENTENCE}";1\n'.encode(),
    "a.txt": f"第一章 Limits\n\n{SENTENCE}\n".encode(),
}
