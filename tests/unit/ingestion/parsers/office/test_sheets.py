from __future__ import annotations

from openpyxl.styles import Font  # type: ignore[import-untyped]
from openpyxl.worksheet.table import Table  # type: ignore[import-untyped]

from tests.unit.ingestion.parsers.office.books import Rows, Worksheet, lines, read

STOCK: Rows = [["Part", "Shelf", "Pieces"], ["bolt", "A-01", 120], ["nut", "A-02", 80]]
PEOPLE: Rows = [["Guard", "Gate", "Badge"], ["Mirko", "North", "K-11"], ["Selma", "East", "K-12"]]


def beside(left: Rows, right: Rows, gap: int = 1) -> Rows:
    width = max(map(len, left))
    height = max(len(left), len(right))
    padded = [*left, *[[] for _ in range(height - len(left))]]
    others = [*right, *[[] for _ in range(height - len(right))]]
    return [[*row, *[None] * (width - len(row) + gap), *other] for row, other in zip(padded, others, strict=True)]


def test_a_table_below_an_empty_row_has_its_own_head() -> None:
    found = lines([*STOCK, [], *PEOPLE])

    assert found[1] == "Part: nut | Shelf: A-02 | Pieces: 80"
    assert found[2:] == ["Guard: Mirko | Gate: North | Badge: K-11", "Guard: Selma | Gate: East | Badge: K-12"]


def test_three_tables_of_different_width_each_keep_their_head() -> None:
    rates: Rows = [["仓库", "容量"], ["一号", 4000], ["二号", 2500]]
    found = lines([*STOCK, [], *rates, [], [], *PEOPLE])

    assert found[2:4] == ["仓库: 一号 | 容量: 4000", "仓库: 二号 | 容量: 2500"]
    assert found[4] == "Guard: Mirko | Gate: North | Badge: K-11"


def test_rows_below_gaps_go_on_in_the_table_above() -> None:
    found = lines([*STOCK, [], ["washer", "B-07", 15], [], [], [], ["Total", None, 215]])

    assert found[2:] == ["Part: washer | Shelf: B-07 | Pieces: 15", "Part: Total | Pieces: 215"]


def test_rows_of_words_below_a_gap_are_no_new_head() -> None:
    rows: Rows = [
        ["Name", "Town"],
        ["Anna", "Bonn"],
        ["Ivo", "Graz"],
        [],
        ["Ute", "Wien"],
        ["Tom", "Bonn"],
    ]

    assert lines(rows)[2:] == ["Name: Ute | Town: Wien", "Name: Tom | Town: Bonn"]


def test_usual_names_of_columns_below_a_gap_are_a_new_head() -> None:
    rows: Rows = [
        ["供应商", "城市"],
        ["宏达", "苏州"],
        ["远景", "宁波"],
        [],
        ["设备", "位置"],
        ["打印机", "三楼"],
        ["投影仪", "五楼"],
    ]

    assert lines(rows)[2:] == ["设备: 打印机 | 位置: 三楼", "设备: 投影仪 | 位置: 五楼"]


def test_a_narrower_table_of_words_below_a_gap_has_its_own_head() -> None:
    rows: Rows = [["Cook", "Dish", "Tray"], ["Rosa", "Soup", "red"], ["Emil", "Stew", "blue"], [], ["Waiter", "Shift"],
                  ["Ute", "early"], ["Tom", "late"]]  # fmt: skip

    assert lines(rows)[2:] == ["Waiter: Ute | Shift: early", "Waiter: Tom | Shift: late"]


def test_labels_with_their_values_are_no_table() -> None:
    rows: Rows = [["Firm", "Acme"], ["Street", "Elm Road 4"], ["Town", "Bonn"], ["Phone", "44 02"], ["Founded", 1990]]

    assert lines(rows)[0] == "Firm | Acme"


def test_a_bold_row_of_words_below_a_gap_is_a_new_head() -> None:
    rows: Rows = [["Name", "Town"], ["Anna", "Bonn"], [], ["Dish", "Cook"], ["Soup", "Rosa"]]

    def embolden(sheet: Worksheet) -> None:
        for row in (1, 4):
            for cell in sheet[row]:
                cell.font = Font(bold=True)

    assert lines(rows, embolden) == ["Name: Anna | Town: Bonn", "Dish: Soup | Cook: Rosa"]


def test_a_declared_table_names_its_head() -> None:
    rows: Rows = [
        ["Name", "Town"],
        ["Anna", "Bonn"],
        [],
        ["Dish", "Cook"],
        ["Soup", "Rosa"],
        ["Stew", "Emil"],
    ]

    found = lines(rows, lambda sheet: sheet.add_table(Table(displayName="Dishes", ref="A4:B6")))

    assert found[1:] == ["Dish: Soup | Cook: Rosa", "Dish: Stew | Cook: Emil"]


def test_a_remark_below_a_table_is_no_row_of_it() -> None:
    found = lines([*STOCK, [], ["Counted by hand in June."], [], ["Checked by", "Selma"]])

    assert found[2:] == ["Counted by hand in June.", "Checked by | Selma"]


def test_a_title_between_two_tables_belongs_to_the_lower_one() -> None:
    document = read([["Parts in stock"], [], *STOCK, [], ["Night guards"], [], *PEOPLE])

    assert document.blocks[1].heading_path == ("Data", "Parts in stock")
    assert document.blocks[-1].heading_path == ("Data", "Night guards")
    assert document.blocks[-1].text == "Guard: Selma | Gate: East | Badge: K-12"


def test_tables_side_by_side_are_read_one_after_the_other() -> None:
    found = lines(beside(STOCK, PEOPLE))

    assert found == [
        "Part: bolt | Shelf: A-01 | Pieces: 120",
        "Part: nut | Shelf: A-02 | Pieces: 80",
        "Guard: Mirko | Gate: North | Badge: K-11",
        "Guard: Selma | Gate: East | Badge: K-12",
    ]


def test_tables_side_by_side_of_different_length_below_a_common_title() -> None:
    longer = [*PEOPLE, ["Goran", "West", "K-13"], ["Lena", "South", "K-14"]]
    document = read([["Site overview", None, None, None], *beside(STOCK, longer, gap=2)])

    assert document.blocks[2].text == "Part: nut | Shelf: A-02 | Pieces: 80"
    assert document.blocks[-1].text == "Guard: Lena | Gate: South | Badge: K-14"
    assert {block.heading_path for block in document.blocks} == {("Data", "Site overview")}


def test_tables_side_by_side_may_have_titles_and_tables_below_them() -> None:
    rows = beside(
        [["Parts"], *STOCK],
        [["Guards"], *PEOPLE, ["Goran", "West", "K-13"], ["Lena", "South", "K-14"], ["Ivo", "North", "K-15"]],
    )
    document = read([*rows, [], ["Tool", "Count"], ["saw", 3], ["file", 9]])
    texts = [block.text for block in document.blocks]

    assert "Part: bolt | Shelf: A-01 | Pieces: 120" in texts
    assert "Guard: Ivo | Gate: North | Badge: K-15" in texts
    assert texts[-2:] == ["Tool: saw | Count: 3", "Tool: file | Count: 9"]


def test_a_list_beside_a_table_is_no_column_of_it() -> None:
    found = lines(beside(STOCK, [["Holidays"], ["1 May"], ["3 October"], ["26 December"]]))

    assert "Part: nut | Shelf: A-02 | Pieces: 80" in found
    assert found[2:] == ["Holidays", "1 May", "3 October", "26 December"]


def test_an_empty_column_inside_a_table_does_not_divide_it() -> None:
    rows: Rows = [
        ["Part", "Shelf", None, "Pieces", "Weight"],
        ["bolt", "A", None, 12, 3],
        ["nut", "B", None, 9, 2],
    ]

    assert lines(rows)[1] == "Part: nut | Shelf: B | Pieces: 9 | Weight: 2"


def test_a_preamble_of_labels_and_values_is_no_head() -> None:
    preamble: Rows = [["Author", "Selma Vidak"], ["Department", "Stores"], ["As of", "June"]]
    found = lines([["Stock list"], *preamble, *STOCK])

    assert found[1] == "Author | Selma Vidak"
    assert found[-1] == "Part: nut | Shelf: A-02 | Pieces: 80"


def test_a_head_of_two_rows_without_merged_cells() -> None:
    rows: Rows = [
        ["Plant", "2024", None, "2025", None],
        [None, "Plan", "Actual", "Plan", "Actual"],
        ["Lyon", 10, 11, 12, 13],
        ["Gent", 20, 21, 22, 23],
    ]

    assert lines(rows)[0] == "Plant: Lyon | 2024 Plan: 10 | 2024 Actual: 11 | 2025 Plan: 12 | 2025 Actual: 13"


def test_the_name_of_a_group_over_the_whole_width_is_no_value() -> None:
    rows = [STOCK[0], ["Small parts", None, None], *STOCK[1:]]

    assert lines(rows, lambda sheet: sheet.merge_cells("A2:C2"))[0] == "Small parts"


def test_rows_hidden_by_a_filter_are_read_with_a_warning() -> None:
    rows = [*STOCK, *[[f"pin {n}", f"C-{n}", n] for n in range(10, 16)]]

    def hide(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:C9"
        for row in range(3, 8):
            sheet.row_dimensions[row].hidden = True

    document = read(rows, hide)

    assert document.warnings == ("filtered_rows",)
    assert len(document.blocks) == 8
    assert document.blocks[-1].text == "Part: pin 15 | Shelf: C-15 | Pieces: 15"


def test_rows_hidden_by_hand_are_left_out_with_a_warning_and_leave_no_gap() -> None:
    rows = [*STOCK, *[[f"pin {n}", f"C-{n}", n] for n in range(10, 16)]]

    def hide(sheet: Worksheet) -> None:
        for row in range(3, 8):
            sheet.row_dimensions[row].hidden = True

    document = read(rows, hide)

    assert document.warnings == ("hidden_rows",)
    assert [block.text for block in document.blocks][1] == "Part: pin 14 | Shelf: C-14 | Pieces: 14"


def test_rows_of_a_closed_group_are_read() -> None:
    document = read(STOCK, lambda sheet: sheet.row_dimensions.group(2, 3, hidden=True))

    assert len(document.blocks) == 2
    assert document.warnings == ("filtered_rows",)


def test_hidden_sheets_are_left_out_with_a_warning() -> None:
    def hide(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        other = sheet.parent.create_sheet("Salaries")
        other["A1"] = "secret"
        other.sheet_state = "hidden"

    document = read(STOCK, hide)

    assert document.warnings == ("hidden_sheets",)
    assert not any("secret" in block.text for block in document.blocks)
