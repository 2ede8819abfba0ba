from __future__ import annotations

import io

import pypdf
import pytest
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, NameObject, StreamObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.parsers.pdf.document import parse

from tests.unit.ingestion.parsers.pdf.pages import whole_text

DATA = (
    '<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><claim>'
    "<PolicyNumber>KX-20-771</PolicyNumber><empty/><damage><date_of_loss>2024-11-02</date_of_loss></damage>"
    "</claim></xfa:data></xfa:datasets>"
)


def xfa_form(data: str) -> ParsedDocument:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(60, 700, "Please wait. Your viewer may not be able to display this form.")
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(buffer.getvalue()))
    packet = StreamObject()
    packet.set_data(data.encode())
    packets = ArrayObject([TextStringObject("datasets"), writer._add_object(packet)])
    form = {NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): packets}
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(form)
    writer.root_object[NameObject("/NeedsRendering")] = BooleanObject(True)
    result = io.BytesIO()
    writer.write(result)
    return parse(result.getvalue(), "claim.pdf")


def test_the_data_of_an_xfa_form_is_read_with_a_warning() -> None:
    parsed = xfa_form(DATA)

    assert "Policy Number: KX-20-771" in whole_text(parsed)
    assert "date of loss: 2024-11-02" in whole_text(parsed)
    assert parsed.warnings == ("xfa_form",)


@pytest.mark.parametrize(
    "data", ["<xfa:datasets", "", '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><d><a>&e;</a></d>']
)
def test_damaged_or_hostile_data_leaves_the_warning(data: str) -> None:
    parsed = xfa_form(data)

    assert parsed.warnings == ("xfa_form",)
    assert len(parsed.blocks) == 1
