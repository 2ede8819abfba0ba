from __future__ import annotations

import pytest
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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("first", ["", "sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_a_line_that_names_the_separator_is_no_row(first: str, encoding: str) -> None:
    content = f"{first}货号;名称\r\nK-7;密封圈, 大\r\nK-8;垫片, 小\r\n".encode(encoding)

    assert texts(parse_document(content, "a.csv")) == ["货号: K-7 | 名称: 密封圈, 大", "货号: K-8 | 名称: 垫片, 小"]


def test_a_sheet_saved_as_text_keeps_its_tables_apart() -> None:
    content = (
        b"Stock of June\nPart,Pieces,\nbolt,120,\nnut,80,\n,,\nGuard,Gate,Badge\nMirko,North,K-11\nSelma,East,K-12\n"
    )
    document = parse_document(content, "a.csv")

    assert texts(document) == [
        "Stock of June",
        "Part: bolt | Pieces: 120",
        "Part: nut | Pieces: 80",
        "Guard: Mirko | Gate: North | Badge: K-11",
        "Guard: Selma | Gate: East | Badge: K-12",
    ]
    assert (document.blocks[-1].place.first_row, document.blocks[1].heading_path) == (8, ("Stock of June",))


def test_empty_lines_in_a_csv_without_a_head_change_nothing() -> None:
    content = b"1,Anna,yes,yes\n2,Ivo,no,no\n\n\n3,Ute,yes,yes\n4,Tom,no,yes\n"

    assert texts(parse_document(content, "a.csv"))[2:] == ["3 | Ute | yes | yes", "4 | Tom | no | yes"]
