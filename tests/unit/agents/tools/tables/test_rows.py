"""Tables put together again from what ingestion keeps of real files."""

from __future__ import annotations

import time

from voicehelper.agents.tools.tables.rows import read_tables
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.text.delimited import parse


def block(text: str, *, sheet: str | None = None, path: tuple[str, ...] = ()) -> Block:
    return Block(text, "table", Place(sheet=sheet), path)


def test_a_csv_file_is_a_table_with_its_columns_in_order() -> None:
    content = "Item,Warehouse,Pieces\nBolt,North,40\nNut,,25\nPin,South,\n"

    [table] = read_tables(parse(content.encode(), "stock.csv").blocks, "stock")

    assert (table.title, table.names) == ("stock", ["Item", "Warehouse", "Pieces"])
    assert table.rows[1] == {"Item": "Nut", "Pieces": "25"}
    assert len(table.rows) == 3


def test_a_column_that_is_empty_at_first_finds_its_place() -> None:
    lines = ["name: A | price: 3", "name: B | colour: red | price: 4", "name: C | price: 5 | note: last"]

    [table] = read_tables([block(line) for line in lines], "t")

    assert table.names == ["name", "colour", "price", "note"]


def test_a_value_with_a_bar_or_a_colon_keeps_it() -> None:
    [table] = read_tables([block("code: A | B | remark: see: page 3"), block("code: C | remark: none")], "t")

    assert table.rows[0] == {"code": "A | B", "remark": "see: page 3"}


def test_each_sheet_and_each_table_of_a_sheet_is_a_table() -> None:
    blocks = [
        block("Plan for 2031", sheet="Staff"),
        block("name: Li | hours: 30", sheet="Staff"),
        block("name: Xu | hours: 20", sheet="Staff"),
        block("room: 4 | seats: 8", sheet="Staff"),
        block("room: 5 | seats: 6", sheet="Rooms"),
    ]

    tables = read_tables(blocks, "book")

    assert [(table.title, table.names, len(table.rows)) for table in tables] == [
        ("Staff", ["name", "hours"], 2),
        ("Staff", ["room", "seats"], 1),
        ("Rooms", ["room", "seats"], 1),
    ]


def test_a_table_of_a_report_stands_under_its_heading() -> None:
    blocks = [Block("Costs rose."), block("year: 2030 | cost: 4\nyear: 2031 | cost: 5", path=("Report", "Costs"))]

    [table] = read_tables(blocks, "report")

    assert table.title == "Report - Costs"
    assert [row["cost"] for row in table.rows] == ["4", "5"]


def test_two_columns_of_one_name_are_two() -> None:
    [table] = read_tables([block("day: 1 | hours: 3 | hours: 4")], "t")

    assert table.rows == [{"day": "1", "hours": "3", "hours 2": "4"}]


def test_rows_without_names_have_numbered_columns() -> None:
    [table] = read_tables([block("Bolt | 40"), block("Nut | 25")], "t")

    assert table.names == ["c1", "c2"]
    assert read_tables([block("Bolt | 40"), block("a | b | c"), block("x")], "t") == []


def test_a_document_without_tables_has_none() -> None:
    assert read_tables([Block("Open from: 9 | to: 18")], "t") == []


def test_rows_beyond_what_is_kept_are_missed() -> None:
    wide = " | ".join(f"c{number}: 1" for number in range(150))
    tables = read_tables([block("\n".join([wide] * 21_000))], "t")

    assert [(len(table.names), table.is_cut) for table in tables] == [(150, True)]
    assert len(tables[0].rows) == 20_000


def test_columns_without_end_are_bounded_in_number_and_time() -> None:
    lines = "\n".join(f"a{number}: 1 | b{number}: 2 | z: 3" for number in range(30_000))
    start = time.thread_time()

    [table] = read_tables([block(lines)], "t")

    assert len(table.names) == 200
    assert time.thread_time() - start < 5
