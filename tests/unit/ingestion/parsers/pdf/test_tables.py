from __future__ import annotations

from reportlab.lib import colors
from reportlab.platypus import Table

from tests.unit.ingestion.parsers.pdf.pages import parse_flowed


def test_a_ruled_table_names_its_columns_on_every_page_it_runs_over() -> None:
    rows = [["Code", "Meaning", "Remedy"]] + [[f"E{n:03}", f"fault {n}", f"step {n}"] for n in range(90)]
    parsed = parse_flowed([Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)])])
    last = parsed.blocks[-1]

    assert last.text.split("\n")[-1] == "Code: E089 | Meaning: fault 89 | Remedy: step 89"
    assert last.place.page == parsed.pages_total > 1
