from __future__ import annotations

from voicehelper.ingestion.parse import parse_document

from tests.unit.ingestion.samples import texts, workbook


def test_a_sheet_has_its_header_below_a_title_and_shows_values_as_formatted() -> None:
    rows: list[list[str | float]] = [
        ["Prices 2024", ""],
        ["Part", "Share", "Since"],
        ["bolt", 0.175, 45565.0],
        ["nut", 0.5, 45566.0],
    ]
    merges = '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>'
    parsed = parse_document(workbook(rows, merges, {"B3": 2, "B4": 2, "C3": 1, "C4": 1}), "p.xlsx")

    assert texts(parsed) == [
        "Prices 2024",
        "Part: bolt | Share: 17.50% | Since: 2024-09-30",
        "Part: nut | Share: 50.00% | Since: 2024-10-01",
    ]
    assert parsed.blocks[1].heading_path == ("Prices", "Prices 2024")
    assert (parsed.blocks[1].place.sheet, parsed.blocks[1].place.first_row) == ("Prices", 3)


def test_a_merged_cell_is_repeated_in_each_of_its_rows() -> None:
    rows: list[list[str | float]] = [["Shelf", "Part"], ["A1", "bolt"], ["", "nut"]]
    parsed = parse_document(workbook(rows, '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'), "p.xlsx")

    assert texts(parsed)[1] == "Shelf: A1 | Part: nut"
