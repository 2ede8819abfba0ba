from __future__ import annotations

import io

import pptx
from pptx.util import Inches
from voicehelper.ingestion.parse import parse_document

from tests.unit.ingestion.samples import texts


def test_slides_are_read_in_order_with_groups_tables_and_notes() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Plan"
    below = slide.shapes.add_textbox(Inches(1), Inches(5), Inches(2), Inches(1))
    below.text_frame.text = "last"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(2), Inches(2), Inches(1)).text_frame.text = "grouped"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for place, text in {(0, 0): "Area", (0, 1): "Sales", (1, 0): "East", (1, 1): "12"}.items():
        table.cell(*place).text = text
    slide.notes_slide.notes_text_frame.text = "say hello"
    deck.slides.add_slide(deck.slide_layouts[6])
    buffer = io.BytesIO()
    deck.save(buffer)
    parsed = parse_document(buffer.getvalue(), "plan.pptx")

    assert texts(parsed) == ["Plan", "grouped", "Area: East | Sales: 12", "last", "say hello"]
    assert {(block.place.page, block.heading_path) for block in parsed.blocks} == {(1, ("Plan",))}
    assert parsed.pages_total == 2
