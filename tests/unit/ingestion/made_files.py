"""Whole files of each format, made with the libraries that write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
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


def pdf_form() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0)
    canvas.drawString(60, 740, SENTENCE)
    canvas.drawString(60, 700, "Boiler:")
    canvas.acroForm.textfield(name="boiler", x=120, y=696, width=100, height=18, value="B-7")
    canvas.acroForm.checkbox(name="drained", x=60, y=660, size=12, checked=True)
    canvas.drawString(80, 662, "drained")
    canvas.textAnnotation("Opened in May.", Rect=(300, 690, 320, 710))
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Limits", "a@example.com", "b@example.com"
    message.set_content(SENTENCE)
    message.add_attachment(sheet(), maintype="application", subtype="octet-stream", filename="limits.xlsx")
    return bytes(message)


def invitation() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Überprüfung der Anlage"
    message.set_content("This program cannot show pages.")
    message.add_alternative(f"<ul><li>Limits<ul><li>{SENTENCE}</ul></ul>", subtype="html")
    message.add_alternative(
        'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Check\r\nDTSTART;TZID="Europe/Vienna":20310512T093000\r\n'
        "ATTENDEE;CN=Ute:mailto:ute@example.com\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        subtype="calendar",
    )
    inner = EmailMessage()
    inner["Subject"] = "Limits"
    inner.set_content(SENTENCE)
    message.add_attachment(inner)
    message.add_attachment("Ten rings.", filename="密封.txt")
    return bytes(message)


def with_parts(
    content: bytes, change: Callable[[str, bytes], bytes], added: Mapping[str, str | bytes] | None = None
) -> bytes:
    """The archive with every part replaced by what ``change(name, content)`` returns, and with the ``added`` ones."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return zipped({**parts, **(added or {})})


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


PAGE = f"""<html><head><style>.x{{display:none}}</style></head><body><h1>Limits</h1><p>{SENTENCE}</p>
<table><tr><td colspan=2>Part<td rowspan=2>Bar<tr><td>valve<td>left</table></body></html>"""
PARTS = f"""<html><head><meta charset=windows-1251><style>.a{{display:none}} .q.o + .a{{display:block}}</style></head>
<body><nav><a href=/>x</a></nav><div id=cookies><button>ok</button></div><main><details><summary>q</summary>{SENTENCE}
</details><p class=q onclick="t('a')">q</p><p class=a id=a>b</p><dl><dt>c<dd>d</dl><ol start=2><li>e<ul><li>f</ul></ol>
<table><caption>g</caption><thead><tr><th>h<th>i</thead><tr><td>j<td><table><tr><td>k<td>l</table></table></main>"""
MARKDOWN = (
    f"# Limits\n\n{SENTENCE} [more](https://example.com) `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n1. x\n   - y\n"
)
FILES: dict[str, bytes] = {
    "a.docx": word_file(),
    "a.pptx": slide_deck(),
    "a.xlsx": sheet(),
    "a.pdf": pdf_file(),
    "form.pdf": pdf_form(),
    "a.eml": mail(),
    "a.html": PAGE.encode(),
    "a.md": MARKDOWN.encode(),
    "b.eml": invitation(),
    "b.html": PARTS.encode(),
    "b.md": f"---\ntitle: Limits\ntags: [a, &b c, *b]\n---\n\n{SENTENCE}\n\n- x\n  - y\n".encode(),
    "c.md": f'+++\ntitle = "Limits"\n[params]\nweight = 1.5\n+++\n\n{SENTENCE}\n'.encode(),
    "b.txt": f"密封圈每年更换一次。\n\n{SENTENCE}\n".encode("gb18030"),
    "c.txt": f"{SENTENCE}\n\nПрокладка\n".encode("utf-16-le"),
    "a.csv": f'Note;Day\n"{SENTENCE}";1\n'.encode(),
    "a.txt": f"第一章 Limits\n\n{SENTENCE}\n".encode(),
}
