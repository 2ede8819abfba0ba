from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from tests.unit.ingestion.parsers.pdf.pages import STYLES, parse_drawn, parse_flowed, sentence, whole_text


def test_columns_are_read_one_after_the_other() -> None:
    parsed = parse_flowed(
        [Paragraph("".join(sentence(n) for n in range(k, k + 5)), STYLES["BodyText"]) for k in range(0, 80, 5)], 2
    )
    numbers = [int(word) for word in whole_text(parsed).split() if word.isdigit()]

    assert numbers == sorted(numbers)
    assert len(numbers) == 80


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_rotated_text_is_read_like_upright_text(angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(angle)
        for number in range(3):
            canvas.drawString(-150, 100 - 14 * number, f"Line number {number} of the turned page.")

    text = whole_text(parse_drawn(draw))

    assert [int(word) for word in text.split() if word.isdigit()] == [0, 1, 2]
