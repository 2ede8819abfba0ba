from __future__ import annotations

import pytest
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.parsers.pdf.document import parse

from tests.unit.ingestion.parsers.pdf.pages import whole_text

DATA = (
    '<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><claim>'
    "<PolicyNumber>KX-20-771</PolicyNumber><empty/><damage><date_of_loss>2024-11-02</date_of_loss></damage>"
    "</claim></xfa:data></xfa:datasets>"
)


def xfa_form(data: str) -> ParsedDocument:
    page = "BT /F 12 Tf 60 700 Td (Please wait. Your viewer may not be able to display this form.) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R/NeedsRendering true/AcroForm<</Fields[]/XFA[(datasets) 6 0 R]>>>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Length {len(page)}>>stream\n{page}\nendstream",
        f"<</Length {len(data)}>>stream\n{data}\nendstream",
    ]
    body = "\n".join(f"{number} 0 obj{content}\nendobj" for number, content in enumerate(objects, 1))
    return parse(f"%PDF-1.7\n{body}\ntrailer<</Root 1 0 R>>\n%%EOF".encode(), "claim.pdf")


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
