from __future__ import annotations

import io

import pytest
from docx import Document
from docx.shared import Cm
from pptx import Presentation
from pptx.util import Cm as SlideCm
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.recognised import Pictures, Recognition
from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage, RecognisedTable

from tests.support.scans import as_file, scan

PROSE = ("The pump is serviced every 400 hours by a person", "who has read the whole of this long manual.")
OWN = "The slide itself says in more than a hundred characters what it is about, and its picture illustrates that only."


def read(*lines: str, rows: tuple[tuple[str, ...], ...] = ()) -> Recognition:
    height = 0.8 / max(1, len(lines))
    read_lines = tuple(
        RecognisedLine(line, Box(0.1, at * height, 0.9, (at + 0.5) * height), 0.97) for at, line in enumerate(lines)
    )
    tables = (RecognisedTable(rows, Box(0, 0, 1, 1)),) if rows else ()
    return Recognition(RecognisedPage(1, read_lines, tables, 0.97, 0, "\n".join(lines)))


def letter() -> bytes:
    document = Document()
    document.add_heading("Pumps", 1)
    document.add_paragraph("See the picture.")
    picture = as_file(scan("x"))
    for _ in range(2):
        document.add_picture(io.BytesIO(picture), Cm(10))
    document.add_picture(io.BytesIO(as_file(scan("logo").resize((120, 50)))), Cm(1))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def slide(own: str) -> bytes:
    deck = Presentation()
    page = deck.slides.add_slide(deck.slide_layouts[6])
    page.shapes.add_textbox(0, 0, SlideCm(10), SlideCm(2)).text_frame.text = own
    page.shapes.add_picture(io.BytesIO(as_file(scan("x"))), 0, SlideCm(4))
    stream = io.BytesIO()
    deck.save(stream)
    return stream.getvalue()


def test_a_picture_in_a_document_is_noted_once_and_stands_under_its_heading() -> None:
    noted = Pictures(most=10)
    parse_document(letter(), "a.docx", noted)
    (reference,) = noted.pending

    parsed = parse_document(letter(), "a.docx", Pictures({reference: read(*PROSE)}))

    assert [(block.text, block.heading_path, block.place.recognised) for block in parsed.blocks[1:]] == [
        ("See the picture.", ("Pumps",), None),
        ("\n".join(PROSE), ("Pumps",), 0.97),
    ]


@pytest.mark.parametrize(
    ("own", "result", "kinds"),
    [
        ("Short.", read(*PROSE), ["paragraph", "paragraph"]),
        (OWN, read(*PROSE), ["paragraph"]),
        (OWN, read("Part", "Price", rows=(("Part", "Price"), ("A", "1"), ("B", "2"), ("C", "3"))), ["paragraph"]),
        ("Short.", read("File", "Edit", "View", "Window", "Help", "Open the folder", "Close"), ["paragraph"]),
        ("Short.", Recognition(None, "corrupt"), ["paragraph"]),
    ],
    ids=["prose", "illustration", "too little", "a screen", "damaged"],
)
def test_a_picture_on_a_slide_is_text_where_the_slide_has_little(
    own: str, result: Recognition, kinds: list[str]
) -> None:
    noted = Pictures(most=10)
    parse_document(slide(own), "a.pptx", noted)

    parsed = parse_document(slide(own), "a.pptx", Pictures({noted.pending[0]: result}))

    assert [block.kind for block in parsed.blocks] == kinds
    assert {block.place.page for block in parsed.blocks} == {1}


def test_a_table_in_a_picture_stays_a_table() -> None:
    noted = Pictures(most=10)
    parse_document(slide(OWN), "a.pptx", noted)
    rows = (("Part", "Price"), ("Pump of the cellar", "12.50"), ("Seal of the pump", "3.10"), ("Valve", "7.00"))
    lines = [cell for row in rows for cell in row]

    parsed = parse_document(slide(OWN), "a.pptx", Pictures({noted.pending[0]: read(*lines, rows=rows)}))

    assert parsed.blocks[1].kind == "table"
    assert "Part: Valve | Price: 7.00" in parsed.blocks[1].text


def test_a_picture_between_texts_of_a_section_stands_behind_them() -> None:
    document = Document()
    document.add_heading("Pumps", 1)
    document.add_paragraph("Before.")
    document.add_picture(io.BytesIO(as_file(scan("x"))), Cm(10))
    document.add_paragraph("After.")
    document.add_heading("Seals", 1)
    stream = io.BytesIO()
    document.save(stream)
    noted = Pictures(most=10)
    parse_document(stream.getvalue(), "a.docx", noted)

    parsed = parse_document(stream.getvalue(), "a.docx", Pictures({noted.pending[0]: read(*PROSE)}))

    assert [block.text for block in parsed.blocks] == ["Pumps", "Before.", "After.", "\n".join(PROSE), "Seals"]
