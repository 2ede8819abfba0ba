"""Answers from the rows of a table: what they may say of rows that nobody read."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import pytest
from voicehelper.answering.reader.compose import compose_answer

from tests.unit.answering.passages import flat_idf, passage

DOCUMENT = UUID(int=100)  # as the passages of the tests have it
PUMPS = passage("\n".join(f"Pump: P{n} | Hall: {'West' if n % 2 else 'East'} | Built: {2000 + n}" for n in range(8)))
MIXED = passage(
    "Item: a | Since: 12 May 2001\nItem: b | Since: 3 June 2019\nItem: c | Since: 7\nItem: d | Since: 1 May 1999"
)


def answer(question: str, *, whole_tables: Collection[UUID] = (DOCUMENT,)) -> str:
    return compose_answer(question, [PUMPS], flat_idf, whole_tables=whole_tables).text


def test_all_rows_that_fit_are_counted() -> None:
    assert answer("How many pumps are in hall West?").endswith("4 rows in all.")
    assert answer("List all pumps in hall East.").count("Pump: ") == 4


@pytest.mark.parametrize("question", ["How many pumps are in hall West?", "List all pumps in hall West."])
def test_rows_that_nobody_read_are_not_denied(question: str) -> None:
    assert answer(question, whole_tables=()).endswith("At least 4 rows; there may be more.")


def test_the_last_is_compared_among_values_of_one_kind() -> None:
    said = compose_answer("Which item has the latest since?", [MIXED], flat_idf, whole_tables=[DOCUMENT]).text

    assert said == "Item: b | Since: 3 June 2019 [1]"


def test_no_more_rows_are_shown_than_fit_an_answer() -> None:
    long = passage("\n".join(f"Pump: P{n} | Hall: West" for n in range(5_000)))

    said = compose_answer("How many pumps are in hall West?", [long], flat_idf, whole_tables=[DOCUMENT]).text

    assert "5000 rows fit" in said


def test_a_row_that_repeats_the_question_is_the_head_of_its_table() -> None:
    table = passage("Code | Meaning\nE-17 | The door is open\nE-18 | The drum is blocked")

    said = compose_answer("What is the meaning of code E18?", [table], flat_idf).text

    assert said == "E-18 | The drum is blocked [1]"


def test_a_question_that_names_a_column_alone_gets_the_whole_of_a_short_table() -> None:
    rows = ("Visitor: Adult | Fee: 12", "Visitor: Child | Fee: 5", "Visitor: Group of ten | Fee: 80")
    fees = passage("\n".join([*rows, "Fees are in euros."]))

    said = compose_answer("What is the fee for visitors?", [fees], flat_idf).text

    assert all(row in said for row in rows)


def test_a_short_table_in_another_language_is_not_shown_whole_for_a_name_in_it() -> None:
    items = ("电池", "无"), ("重量", "310 克"), ("颜色", "灰"), ("蓝牙版本", "5.2"), ("音量", "80 分贝")
    rows = [f"项目: {name} | 标准版 X2: {value}" for name, value in items]
    said = compose_answer("How long is the warranty of the X2?", [passage("\n".join(rows))], flat_idf).text

    assert not all(row in said for row in rows)


def test_a_clause_that_went_on_does_not_end_in_a_semicolon() -> None:
    text = passage("大门钥匙由门卫保管；\n仓库每周五盘点；")

    assert compose_answer("大门钥匙由谁保管？", [text], flat_idf).text == "大门钥匙由门卫保管 [1]"
