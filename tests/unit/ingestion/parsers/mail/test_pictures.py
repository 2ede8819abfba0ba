"""Scans and pictures in mail, with what a recogniser would have read; the real one is in tests/integration."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from voicehelper.ingestion.page_pictures import draw_reference
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.recognised import LEAST_CONFIDENCE, Pictures, Recognition
from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage

from tests.support.scans import as_file, pdf_of, scan

PROSE = "The pump is serviced every 400 hours by a person who has read all of this manual."
SCAN = scan("x")
LOGO = as_file(scan("x").resize((90, 40)))


def mail(*, body: str = "See the files.", pasted: bytes = b"", **attachments: bytes | EmailMessage) -> EmailMessage:
    """``attachments`` by name, as scan_pdf; ``pasted`` is a picture that the body shows."""
    message = EmailMessage()
    message["Subject"] = "Pumps"
    message.set_content(body)
    if pasted:
        message.add_attachment(pasted, "image", "png", disposition="inline", filename="image001.png", cid="<a@b>")
    for name, content in attachments.items():
        if isinstance(content, EmailMessage):
            message.add_attachment(content)
        else:
            message.add_attachment(content, "application", "octet-stream", filename=name.replace("_", "."))
    return message


def page(text: str, confidence: float = 0.97) -> Recognition:
    line = RecognisedLine(text, Box(0.1, 0.1, 0.9, 0.2), confidence)
    return Recognition(RecognisedPage(1, (line,), (), confidence, 0, text))


def parsed(message: EmailMessage, **results: Recognition) -> tuple[ParsedDocument, Pictures]:
    pictures = Pictures({name.replace("_", ":"): result for name, result in results.items()}, most=50)
    return parse_document(bytes(message), "a.eml", pictures), pictures


def test_pages_of_attachments_are_noted_and_stand_under_their_names() -> None:
    message = mail(scan_pdf=pdf_of("A first page with text.", SCAN), badge_png=as_file(SCAN))

    _, noted = parsed(message)
    read, left = parsed(message, attachment_0_page_2=page("Due in 75 days."), attachment_1_page_1=page("Locker 417"))

    assert noted.pending == ["attachment:0:page:2", "attachment:1:page:1"]
    assert left.pending == []
    places = [(block.text, block.place) for block in read.blocks[2:]]
    assert [(text, place.attachment, place.page, place.recognised) for text, place in places] == [
        ("A first page with text.", "scan.pdf", 1, None),
        ("Due in 75 days.", "scan.pdf", 2, 0.97),
        ("Locker 417", "badge.png", 1, 0.97),
    ]
    assert read.warnings == ()


def test_a_picture_of_a_mail_in_a_mail_is_drawn_from_its_reference() -> None:
    inner = mail(body="", badge_png=as_file(SCAN))
    message = mail(letter_eml=bytes(inner), inner=inner)

    _, noted = parsed(message)
    drawn = [draw_reference(bytes(message), "a.eml", reference) for reference in noted.pending]

    assert noted.pending == ["attachment:0:attachment:0:page:1", "attachment:1:attachment:0:page:1"]
    assert [picture.tobytes() for picture in drawn] == [SCAN.tobytes()] * 2


@pytest.mark.parametrize(("text", "is_kept"), [(PROSE, True), ("File", False)], ids=["prose", "a label"])
def test_a_pasted_picture_is_read_where_it_holds_prose(text: str, is_kept: bool) -> None:
    message = mail(pasted=as_file(SCAN))

    read, _ = parsed(message, attachment_0_page_1=page(text))

    assert any(block.text == text for block in read.blocks) == is_kept
    assert read.warnings == ()


def test_a_logo_is_not_recognised() -> None:
    _, noted = parsed(mail(pasted=LOGO))

    assert noted.pending == []


def test_an_attached_scan_that_nobody_can_read_is_reported() -> None:
    poor = page("Tbe qump 1s bue", LEAST_CONFIDENCE - 0.01)

    attached, _ = parsed(mail(badge_png=as_file(SCAN)), attachment_0_page_1=poor)
    pasted, _ = parsed(mail(pasted=as_file(SCAN)), attachment_0_page_1=poor)

    assert (attached.warnings, pasted.warnings) == (("attachment_not_read",), ())
    assert len(attached.blocks) == len(pasted.blocks) == 2
