from __future__ import annotations

from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas

from tests.unit.ingestion.parsers.pdf.pages import HEIGHT, WIDTH, parse_drawn, whole_text


def test_running_lines_and_page_numbers_are_left_out_but_repeated_text_is_not() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(60, HEIGHT - 40, "Plant handbook, edition 7")
            canvas.drawCentredString(WIDTH / 2, 30, f"Page {number} of 6")
            canvas.setFont("Helvetica", 11)
            canvas.drawString(60, 500, f"Limit of line {number}: {number * 7} kPa.")
            canvas.drawString(60, 480, "Lock the cover before work.")

        return draw

    text = whole_text(parse_drawn(*(page(number) for number in range(1, 7))))

    assert "edition 7" not in text
    assert "of 6" not in text
    assert text.count("Lock the cover") == 6
