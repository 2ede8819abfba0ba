from __future__ import annotations

import pytest
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


@pytest.mark.parametrize("hyphen", ["-", "\u00ad"])
def test_a_word_divided_on_a_ragged_page_is_one_word(hyphen: str) -> None:
    lines = [
        "The laboratory keeps every sample for two years in the cellar, sorted by day.",
        f"The registra{hyphen}",
        "tion of a sample takes an hour, and a non-",
        "profit body pays half.",
    ]

    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(lines):
            canvas.drawString(60, 700 - 16 * number, line)

    text = whole_text(parse_drawn(draw))

    assert "The registration of a sample" in text
    assert "a non-profit body" in text
