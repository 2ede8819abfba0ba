from __future__ import annotations

from reportlab.platypus import Table

from tests.unit.ingestion.parsers.pdf.pages import parse_flowed, whole_text


def test_a_table_without_ruling_lines_names_its_columns() -> None:
    rows = [["Region", "2023", "2022"], ["North", "120", "95"], ["South", "80", "70"]]
    parsed = parse_flowed([Table(rows, colWidths=120)])

    assert "Region: South | 2023: 80 | 2022: 70" in whole_text(parsed)
