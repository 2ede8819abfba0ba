from __future__ import annotations

import io

import docx
from voicehelper.ingestion.parse import parse_document


def test_a_word_file_keeps_order_headings_merged_cells_and_lists() -> None:
    document = docx.Document()
    document.styles.add_style("标题 2级", 1)
    document.add_heading("Leave", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "Grade"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Days"
    for place, text in {(1, 1): "new", (1, 2): "old", (2, 0): "A", (2, 1): "12", (2, 2): "15"}.items():
        table.cell(*place).text = text
    document.add_paragraph("细则", style="标题 2级")
    document.add_paragraph("first", style="List Bullet")
    buffer = io.BytesIO()
    document.save(buffer)
    parsed = parse_document(buffer.getvalue(), "leave.docx")

    assert [block.kind for block in parsed.blocks] == ["heading", "paragraph", "table", "heading", "list_item"]
    assert parsed.blocks[2].text == "Grade: A | Days new: 12 | Days old: 15"
    assert parsed.blocks[4].heading_path == ("Leave", "细则")
