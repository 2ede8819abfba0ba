from __future__ import annotations

import io

import pypdf
import pytest
from pypdf.annotations import FreeText, Highlight, Link, Popup, Text
from pypdf.generic import ArrayObject, FloatObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.parsers.pdf.document import parse

from tests.unit.ingestion.parsers.pdf.pages import whole_text


def written_on(
    *annotations: pypdf.generic.DictionaryObject, text: str = "Delivery takes ten working days."
) -> ParsedDocument:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for line in ("The first page is about something else.", text):
        canvas.drawString(60, 700, line)
        canvas.showPage()
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(buffer.getvalue()))
    for annotation in annotations:
        writer.add_annotation(1, annotation)
    result = io.BytesIO()
    writer.write(result)
    return parse(result.getvalue(), "offer.pdf")


def stamp(text: str) -> Text:
    note = Text(text=text, rect=(300, 500, 400, 540))
    note[NameObject("/Subtype")] = NameObject("/Stamp")
    return note


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (Text(text="Twelve days were agreed.", rect=(300, 690, 320, 710)), "Comment: Twelve days were agreed."),
        (FreeText(text="Seen by Mr Oduya", rect=(300, 500, 450, 520)), "Comment: Seen by Mr Oduya"),
        (stamp("Approved on 4 May"), "Comment: Approved on 4 May"),
        (Text(text="法务已审核", rect=(300, 690, 320, 710)), "批注：法务已审核"),
    ],
)
def test_a_comment_is_read_on_its_page_and_says_that_it_is_one(annotation: Text, text: str) -> None:
    parsed = written_on(annotation)

    assert [block.place.page for block in parsed.blocks if block.text == text] == [2]


def test_a_marked_passage_is_quoted_and_its_author_named() -> None:
    quad = ArrayObject(FloatObject(number) for number in (57, 714, 300, 714, 57, 696, 300, 696))
    marked = Highlight(rect=(57, 696, 300, 714), quad_points=quad)
    marked[NameObject("/Contents")] = TextStringObject("Too slow for us.")
    marked[NameObject("/T")] = TextStringObject("Lena Brandt")

    assert "Comment by Lena Brandt on “Delivery takes ten working days.”: Too slow for us." in whole_text(
        written_on(marked)
    )


def test_targets_of_links_and_pop_ups_are_no_text() -> None:
    note = Text(text="Only once.", rect=(300, 690, 320, 710))
    parsed = written_on(
        Link(rect=(60, 690, 200, 710), url="https://example.com/secret-target"), note, Popup(rect=(1, 1, 99, 99))
    )

    assert "secret-target" not in whole_text(parsed)
    assert whole_text(parsed).count("Only once.") == 1


def test_text_typed_behind_a_label_fills_it_in() -> None:
    parsed = written_on(FreeText(text="Ravi Shah", rect=(130, 694, 220, 712)), text="Substitute:")

    assert "Substitute: Ravi Shah" in whole_text(parsed)
