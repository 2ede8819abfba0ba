from __future__ import annotations

from voicehelper.ingestion.parse import parse_document

from tests.unit.ingestion.samples import texts


def test_csv_names_its_columns_only_with_a_header() -> None:
    headed = parse_document(b"name;city\nAnna;Bonn\nIvo;Graz\nUte;Wien\n", "a.csv")
    bare = parse_document(b"1,Anna,Bonn\n2,Ivo,Graz\n3,Ute,Wien\n", "b.csv")

    assert texts(headed)[1] == "name: Ivo | city: Graz"
    assert headed.blocks[1].place.first_row == 3
    assert texts(bare) == ["1 | Anna | Bonn", "2 | Ivo | Graz", "3 | Ute | Wien"]


def test_equal_neighbours_in_a_csv_are_both_kept() -> None:
    assert texts(parse_document(b"1,yes,yes\n2,no,no\n", "a.csv"))[0] == "1 | yes | yes"
