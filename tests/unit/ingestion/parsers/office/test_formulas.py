from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.ingestion.parsers.office.formula_syntax import NotComputedError
from voicehelper.ingestion.parsers.office.formulas import Calculator, CellGrid, Formula

from tests.unit.ingestion.parsers.office.books import Worksheet, lines, read


def computed(formula: str, cells: dict[tuple[int, int], object] | None = None) -> object:
    grid = CellGrid()
    for (row, column), value in (cells or {}).items():
        grid.put(row, column, value)  # type: ignore[arg-type]
    grid.put(99, 25, Formula(formula))
    return Calculator({"S": grid, "Rates": grid}.get).value("S", 99, 25)


CELLS: dict[tuple[int, int], object] = {
    (1, 0): 4.0, (2, 0): 6.0, (3, 0): "oak", (4, 0): True, (1, 1): 0.5, (2, 1): 2.0, (1, 2): Formula("A1*B1"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("A1+A2*2", 16),
        ("-2^2", 4),
        ("(A1+A2)/B1", 20),
        ("A1&\" of \"&A3", "4 of oak"),
        ("19%*100", 19),
        ("SUM(A1:B2)", 12.5),
        ("SUM(A:A)", 10),
        ("SUM(A1,A2,3)", 13),
        ("PRODUCT($A$1:A2)", 24),
        ("AVERAGE(A1:A4)", 5),
        ("MIN(A1:B2)+MAX(A1:B2)", 6.5),
        ("ROUND(2.345,2)", 2.35),
        ("ROUND(1250,-2)", 1300),
        ("ROUNDDOWN(-2.7,0)", -2),
        ('IF(A1>=4,"enough","few")', "enough"),
        ("IF(A1>4,1/0)", False),
        ("IFERROR(A1/0,7)", 7),
        ("A1/0", "#DIV/0!"),
        ("A3*2", "#VALUE!"),
        ("C1*2", 4),
        ("Rates!A2*2", 12),
        ("'Rates'!A2*2", 12),
        ("SUMPRODUCT(A1:A2,B1:B2)", 14),
        ('SUMIF(A1:A2,">4",B1:B2)', 2),
        ('COUNTIF(A1:A4,"OAK")', 1),
        ("AND(A1=4,NOT(A2=4))", True),
        ("COUNT(A1:A4)+COUNTA(A1:A9)", 6),
        ("MOD(7,4)", 3),
    ],
)  # fmt: skip
def test_usual_formulas_are_computed(formula: str, value: object) -> None:
    assert computed(formula, CELLS) == value


@pytest.mark.parametrize(
    "formula",
    ["TODAY()", "VLOOKUP(A1,A1:B2,2)", "Table1[Price]*2", "[1]Other!A1", "Missing!A1", "Z99+1", "A1:A2*2", "1+",
     "ROUND()", "(" * 5000, "1+" * 5000 + "1", "-" * 3000 + "1", "SUM(" * 100 + "1" + ")" * 100, "'",
     "SUBTOTAL(9,A1:A2)"],
)  # fmt: skip
def test_what_is_unknown_or_too_much_is_not_computed(formula: str) -> None:
    with pytest.raises(NotComputedError):
        computed(formula, CELLS)


def test_all_formulas_share_one_budget() -> None:
    grid = CellGrid({(row, 0): 1.0 for row in range(1, 3001)}, 3000, 1)
    for row in range(1, 3001):
        grid.put(row, 1, Formula("SUM(A:A)"))
    calculator = Calculator({"S": grid}.get)

    assert calculator.value("S", 1, 1) == 3000
    with pytest.raises(NotComputedError):
        sum(calculator.value("S", row, 1) == 3000 for row in range(2, 3001))


def test_a_running_balance_of_many_rows_is_computed() -> None:
    grid = CellGrid()
    grid.put(1, 0, 1.0)
    for row in range(2, 2000):
        grid.put(row, 0, Formula("A1+1", (row - 2, 0)))
    calculator = Calculator({"S": grid}.get)

    assert [calculator.value("S", row, 0) for row in (2, 3, 4)] == [2, 3, 4]
    assert [calculator.value("S", row, 0) for row in range(5, 2000)][-1] == 1999


@given(st.text(alphabet="A1B2$:!(),;+-*/^&=<>%\"' .SUMIF[]#", max_size=60))
def test_any_text_is_computed_or_not(formula: str) -> None:
    with contextlib.suppress(NotComputedError):
        assert isinstance(computed(formula, CELLS), float | int | str | bool | None)


def test_an_order_without_stored_values_has_its_sums() -> None:
    rows: list[list[object]] = [
        ["Article", "Pieces", "Price", "Sum"],
        ["Desk", 4, 310.5, "=B2*C2"],
        ["Lamp", 10, 29, "=B3*C3"],
        ["Net", None, None, "=SUM(D2:D3)"],
        ["VAT 19%", None, None, "=ROUND(D4*19%,2)"],
    ]

    def in_euros(sheet: Worksheet) -> None:
        for row in range(2, 6):
            sheet.cell(row, 4).number_format = '#,##0.00 "€"'

    assert lines(rows, in_euros) == [
        "Article: Desk | Pieces: 4 | Price: 310.5 | Sum: 1,242.00 €",
        "Article: Lamp | Pieces: 10 | Price: 29 | Sum: 290.00 €",
        "Article: Net | Sum: 1,532.00 €",
        "Article: VAT 19% | Sum: 291.08 €",
    ]


def test_a_formula_that_is_not_computed_is_shown_with_a_warning() -> None:
    document = read([["Item", "Due"], ["Rent", "=EDATE(TODAY(),1)"], ["Power", "=B2+7"]])

    assert document.blocks[0].text == "Item: Rent | Due: =EDATE(TODAY(),1)"
    assert document.warnings == ("formulas_not_computed",)
