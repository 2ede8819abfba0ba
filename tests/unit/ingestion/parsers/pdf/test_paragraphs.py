from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from tests.unit.ingestion.parsers.pdf.pages import parse_drawn, whole_text


def test_wrapped_chinese_lines_are_joined_without_spaces() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 12)
        for number, line in enumerate(
            ("凡金额超过人民币一万元的采购事项须由部门负责人审核后报总经", "理批准，并在五个工作日内完成归档。")
        ):
            canvas.drawString(60, 700 - 18 * number, line)

    assert "报总经理批准" in whole_text(parse_drawn(draw))
