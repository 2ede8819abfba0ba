from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.unit.ingestion.parsers.pdf.pages import parse_drawn, whole_text

CHAPTERS = ["Unpacking", "Mounting", "Wiring", "First start", "Care"]


def lines(*texts: str) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        for number, text in enumerate(texts):
            canvas.drawString(60, 740 - 20 * number, text)

    return draw


def entries(labels: Sequence[str], dots: str) -> list[str]:
    return [f"{number} {label} {dots} {number + 1}" for number, label in enumerate(labels, 1)]


@pytest.mark.parametrize("dots", ["." * 30, ". " * 15])
@pytest.mark.parametrize("title", ["Contents", "Overview"])
def test_a_table_of_contents_is_left_out(dots: str, title: str) -> None:
    chapters = [lines(f"{number} {name}", "What is to be done.") for number, name in enumerate(CHAPTERS, 1)]
    text = whole_text(parse_drawn(lines(title, *entries(CHAPTERS, dots)), *chapters))

    assert dots[:8] not in text
    assert text.count("Wiring") == 1


@pytest.mark.parametrize(
    "rows",
    [
        [f"Washer M{size} {'.' * 20} {price}" for size, price in [(4, "0.10"), (5, "0.12"), (6, "0.15"), (8, "0.30")]],
        [f"Spare part {part} {'. ' * 12}{weeks} weeks" for part, weeks in [("A", 2), ("B", 3), ("C", 1), ("D", 9)]],
        [f"{name} {'.' * 30} {price}" for name, price in [("Soup", 4), ("Salad", 6), ("Fish", 14), ("Cake", 5)]],
        [f"{label} {'_' * 20}" for label in ("Name:", "Street:", "Town:", "Telephone:", "Date:")],
    ],
    ids=["prices", "periods", "whole prices", "form"],
)
def test_price_lists_and_forms_keep_each_row_whole(rows: list[str]) -> None:
    text = whole_text(parse_drawn(lines("Small parts and their data", *rows)))

    assert [" ".join(row.split()) for row in rows] == text.split("\n")[-len(rows) :]
