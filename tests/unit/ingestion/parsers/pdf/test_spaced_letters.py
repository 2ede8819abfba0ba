from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.unit.ingestion.parsers.pdf.pages import parse_drawn, whole_text


@pytest.mark.parametrize("spaced", ["H O U S E   R U L E S", "R ü c k g a b e   u n d   U m t a u s c h"])
def test_a_heading_in_spaced_letters_is_read_as_words(spaced: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(60, 740, spaced)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(60, 700, "Doors are closed at ten.")

    text = whole_text(parse_drawn(draw)).split("\n")[0]

    assert text == " ".join(part.replace(" ", "") for part in spaced.split("   "))


def test_letters_placed_one_by_one_are_read_as_words() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 18)
        for at, letter in enumerate("VISITORS IN THE LAB"):
            canvas.drawString(60 + 21 * at, 740, letter)
        canvas.setFont("Times-Roman", 11)
        canvas.drawString(60, 700, "Visitors wear a badge.")

    assert whole_text(parse_drawn(draw)).startswith("VISITORS IN THE LAB")


@pytest.mark.parametrize("line", ["A B C D E F", "Grades A B C D E", "x y 1 2 z"])
def test_single_letters_that_stand_for_themselves_stay_apart(line: str) -> None:
    assert line in whole_text(parse_drawn(lambda canvas: canvas.drawString(60, 740, line)))
