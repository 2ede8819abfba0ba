"""Totals over the rows of a table: which rows, which column, and when nothing is added up."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import pytest
from voicehelper.answering.reader.compose import compose_answer

from tests.unit.answering.passages import flat_idf, passage

DOCUMENT = UUID(int=100)  # as the passages of the tests have it
ORDERS = (
    "Order: A1 | Supplier: Brandt | Colour: red | Year: 2021 | Price: 120 EUR | Pieces: 4",
    "Order: A2 | Supplier: Holm | Colour: blue | Year: 2021 | Price: 80 EUR | Pieces: 6",
    "Order: A3 | Supplier: Brandt | Colour: blue | Year: 2022 | Price: 50.5 EUR | Pieces: 1",
    "Order: A4 | Supplier: Holm | Colour: green | Year: 2022 | Price: 9.5 EUR | Pieces: 2",
)
COSTS = (
    "部门: 市场部 | 月份: 一月 | 费用: 1,200 元",
    "部门: 市场部 | 月份: 二月 | 费用: 800 元",
    "部门: 研发部 | 月份: 一月 | 费用: 5,000 元",
)


def answer(question: str, *rows: str, whole_tables: Collection[UUID] = (DOCUMENT,)) -> str:
    return compose_answer(question, [passage("\n".join(rows))], flat_idf, whole_tables=whole_tables).text


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What is the total price of all orders?", "Price, total of 4 rows: 260.0 EUR."),
        ("What is the total price of the orders from Brandt?", "Price, total of 2 rows: 170.5 EUR."),
        ("What is the total price of the blue orders from Holm and of the red ones?", ""),
        ("What is the total price of the red and blue orders?", "Price, total of 3 rows: 250.5 EUR."),
        ("What did the orders of supplier Holm cost altogether?", "Price, total of 2 rows: 89.5 EUR."),
        ("How much did all orders cost in total?", "Price, total of 4 rows: 260.0 EUR."),
        ("What do the orders cost on average?", "Price, mean of 4 rows: 65 EUR."),
        ("How many orders are there in total?", "4 rows in all."),
        ("How many pieces were ordered from Holm in total?", "Pieces, total of 2 rows: 8."),
        ("What is the average price of the orders in 2022?", "Price, mean of 2 rows: 30 EUR."),
    ],
)
def test_the_rows_that_the_question_names_are_added_up(question: str, note: str) -> None:
    said = answer(question, *ORDERS)

    assert said.endswith(note) if note else "total of 4" not in said


def test_the_rows_are_quoted_with_their_total() -> None:
    said = answer("市场部一共花了多少费用？", *COSTS)

    assert said.splitlines()[-1] == "费用合计：2,000 元（2 行）。"
    assert [row in said for row in COSTS] == [True, True, False]


def test_a_table_that_has_its_total_is_quoted() -> None:
    said = answer("What is the total price?", *ORDERS, "Order: Total | Price: 260 EUR")

    assert "Order: Total | Price: 260 EUR" in said
    assert "total of" not in said


def test_a_mean_is_computed_where_the_table_has_its_total_alone() -> None:
    said = answer("What is the average price?", *ORDERS, "Order: Total | Price: 260 EUR")

    assert said.endswith("Price, mean of 4 rows: 65 EUR.")


def test_a_row_of_totals_is_not_added_to_its_parts() -> None:
    said = answer("What is the total price of the orders from Brandt?", *ORDERS, "Order: Total | Price: 260 EUR")

    assert said.endswith("Price, total of 2 rows: 170.5 EUR.")


def test_rows_that_nobody_read_are_not_denied() -> None:
    said = answer("What is the total price of all orders?", *ORDERS, whole_tables=())

    assert said.endswith("total of the 4 rows found: 260.0 EUR; there may be more rows.")


@pytest.mark.parametrize("question", ["What did all vans cost in total?", "What is the average salary of welders?"])
def test_what_the_table_does_not_know_has_no_total(question: str) -> None:
    assert answer(question, *ORDERS).startswith("Sorry")


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("What is the total weight?", ("Part: a | Weight: 5 kg", "Part: b | Weight: 300 g")),
        ("How many pumps are there in total?", ("Pump: P1 | Height: 3", "Pump: P2 | Height: 4")),
        ("What is the total of the pumps?", ("Pump: P1 | Built: x | Year: 1999", "Pump: P2 | Built: y | Year: 2004")),
        ("What does code E18 mean?", ("Code: E17 | Amps: 4", "Code: E18 | Amps: 5")),
    ],
)
def test_nothing_is_added_that_is_no_amount_of_one_unit(question: str, rows: tuple[str, ...]) -> None:
    said = answer(question, *rows)

    assert "total of" not in said
    assert "mean of" not in said
