from __future__ import annotations

from voicehelper.ingestion.parsers.common.tables import has_header, table_lines


def test_rows_repeat_the_names_of_the_header_above_them() -> None:
    rows = [["Prices 2024", ""], ["Part", "Price"], ["bolt", "3"], ["nut", "$"]]

    assert table_lines(rows) == ["Prices 2024", "Part: bolt | Price: 3", "Part: nut | Price: $"]


def test_a_header_of_two_rows_is_joined_into_one_name_per_column() -> None:
    rows = [["City", "Rate", "Rate"], ["City", "low", "high"], ["Bonn", "80", "95"]]

    assert table_lines(rows) == ["City: Bonn | Rate low: 80 | Rate high: 95"]


def test_a_continued_table_inherits_its_names() -> None:
    assert table_lines([["A1", "3"], ["A2", "4"]], ["Part", "Price"]) == ["Part: A1 | Price: 3", "Part: A2 | Price: 4"]


def test_values_are_not_taken_for_a_header() -> None:
    assert not has_header([["1", "Anna", "Bonn"], ["2", "Ivo", "Graz"], ["3", "Ute", "Wien"]])
    assert has_header([["name", "city"], ["Anna", "Bonn"], ["Ivo", "Graz"]])
