"""Cells of drawn tables, from the lines that a recogniser without an error would find."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from voicehelper.recognition.engine import Reading
from voicehelper.recognition.lines import placed, slope_of
from voicehelper.recognition.tables.find import tables_of
from voicehelper.recognition.tables.ruled import ruled_tables
from voicehelper.recognition.tables.rulings import Rulings, Segment
from voicehelper.shapes.recognition import RecognisedTable

from tests.support.drawn.tables import Sheet, Style, draw_table, readings_of
from tests.unit.recognition.readings import reading

MERGED: list[list[str | None]] = [
    ["地区", "第一季度", None, "第二季度", None],
    ["", "收入", "利润", "收入", "利润"],
    ["华东", "1,204", "310", "1,377", "402"],
    ["华南", "986", "205", "1,010", "221"],
    ["西北", "455", "-12", "478", "9"],
]
SEVERAL_LINES = [
    ["Item", "Description", "Qty", "Unit price", "Amount"],
    ["A-1001", "Hydraulic pump seal kit, nitrile, set of twelve", "4", "$38.20", "$152.80"],
    ["B-2040", "Filter cartridge", "12", "$9.75", "$117.00"],
    ["C-0007", "Installation and commissioning on site", "1", "$640.00", "$640.00"],
]
STYLES: tuple[Style, ...] = ("ruled", "open", "shaded", "booktabs", "plain")


def found(sheet: Sheet) -> list[tuple[tuple[str, ...], ...]]:
    readings = readings_of(sheet)
    page = draw_table(sheet)
    slope = slope_of(readings)
    return [table.rows for table in tables_of(page.convert("RGB"), placed(readings, page.size, slope), slope)]


@pytest.mark.parametrize("style", STYLES)
def test_a_heading_over_two_columns_is_in_the_first_of_them(style: Style) -> None:
    sheet = Sheet(MERGED, [160, 140, 140, 140, 140], style, centred=True)

    assert found(sheet) == [sheet.expected]


@pytest.mark.parametrize("style", STYLES)
def test_lines_of_a_cell_are_one_text(style: Style) -> None:
    sheet = Sheet(SEVERAL_LINES, [140, 330, 80, 150, 160], style, face="serif", pixels=24, numbers_right=True)

    assert found(sheet) == [sheet.expected]


def test_a_line_that_reaches_over_a_ruling_is_cut_there() -> None:
    sheet = Sheet([["单位", "数量"], ["箱", "30"], ["件", "12"]], [90, 90])
    left, right, *rest = readings_of(sheet)
    (x, y), (end, _) = left.corners[0], right.corners[1]
    joined = reading("单位 数量", x, y, width=end - x)
    page = draw_table(sheet)

    [table] = tables_of(page.convert("RGB"), placed([joined, *rest], page.size, 0.0), 0.0)

    assert table.rows == sheet.expected


def test_paragraphs_and_a_frame_around_them_are_no_table() -> None:
    page = Image.fromarray(np.full((600, 900), 255, "uint8"))
    lines = [
        reading("A paragraph of prose goes on and on over the whole width of the page", 40, 40 + 40 * n, width=800)
        for n in range(8)
    ]

    assert tables_of(page.convert("RGB"), placed(lines, page.size, 0.0), 0.0) == ()


def test_a_page_without_lines_has_no_tables() -> None:
    assert tables_of(Image.new("RGB", (90, 90)), [], 0.0) == ()


def test_a_table_has_a_box_on_the_page() -> None:
    sheet = Sheet([["a", "b"], ["1", "2"], ["3", "4"]], [200, 200])
    page = draw_table(sheet)

    [table] = tables_of(page.convert("RGB"), placed(readings_of(sheet), page.size, 0.0), 0.0)

    assert isinstance(table, RecognisedTable)
    assert table.box.x0 == pytest.approx(90 / page.width, abs=0.01)
    assert table.box.x1 == pytest.approx(490 / page.width, abs=0.01)


def test_rows_without_a_line_between_them_may_have_an_empty_last_cell() -> None:
    rows = [
        ("LDL", "142", "<100", "HIGH"),
        ("HDL", "48", ">40", ""),
        ("TSH", "2.4", "<4.0", ""),
        ("WBC", "7", "<11", ""),
    ]
    readings = [
        reading(cell, 60 + 200 * column, 110 + 40 * row, width=80)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    ]
    rulings = Rulings(
        [Segment(at, 50, 850) for at in (100, 280)], [Segment(at, 100, 280) for at in (50, 250, 450, 650, 850)]
    )

    [table] = ruled_tables(placed(readings, (900, 400), 0.0), rulings)

    assert [tuple(row) for row in table.rows] == rows


def test_a_heading_over_columns_is_not_cut_between_them() -> None:
    rows: list[list[str | None]] = [
        ["", "Costs Rates", None],
        ["", "Standard", "Plus"],
        ["One", "45", "55"],
        ["Two", "65", "71"],
        ["All", "78", "89"],
    ]
    sheet = Sheet(rows, [140, 170, 170], "plain", centred=True)

    assert found(sheet) == [sheet.expected]


def test_columns_that_nearly_touch_are_two_though_their_cells_were_read_as_one_word() -> None:
    days = [[f"2031-04-{day}", f"2031-05-{day}", f"2031-06-{day + 3}"] for day in range(11, 16)]
    sheet = Sheet([["Asked", "Ordered", "Delivered"], *days], [220, 157, 157], "plain")
    heads, cells = readings_of(sheet)[:3], readings_of(sheet)[3:]
    page = draw_table(sheet)

    read = [one for row in range(0, len(cells), 3) for one in (cells[row], as_one(*cells[row + 1 : row + 3]))]
    (table,) = tables_of(page.convert("RGB"), placed([*heads, *read], page.size, 0.0), 0.0)

    assert read[1].text == "2031-05-112031-06-14"
    assert table.rows == sheet.expected


def as_one(left: Reading, right: Reading) -> Reading:
    corners = left.corners[0], right.corners[1], right.corners[2], left.corners[3]
    return Reading(left.text + right.text, corners, 0.99, left.characters + right.characters)
