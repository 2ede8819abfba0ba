"""What a column's texts are for SQL."""

from __future__ import annotations

import pytest
from voicehelper.agents.tools.tables.cells import Column, columns, date, number
from voicehelper.agents.tools.tables.rows import Table


def column(*texts: str) -> Column:
    return columns(Table("t", ["x"], [{"x": text} for text in texts]))[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("42", 42.0), ("1,200.50", 1200.5), ("-3", -3.0), ("−3", -3.0), ("(300)", -300.0), ("12%", 0.12)),
        *(
            ("$1,500", 1500.0),
            ("¥80", 80.0),
            ("80 元", 80.0),
            ("15 USD", 15.0),
            ("5‰", 0.005),
            ("0.5", 0.5),
            ("0", 0.0),
        ),
    ],
)
def test_numbers_as_sheets_show_them(text: str, value: float) -> None:
    assert number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["00123", "1,20", "3 apples", "(3", "3)", "1.2.3", "12/3", "", "9" * 20, "٣"])
def test_codes_and_texts_are_no_numbers(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        *(
            ("2031-4-5", "2031-04-05"),
            ("2031/04/05", "2031-04-05"),
            ("2031年4月5日", "2031-04-05"),
            ("2031年4月", "2031-04"),
        ),
        *(("2031-04-05 00:00:00", "2031-04-05"), ("2031-04-05 09:30", "2031-04-05 09:30"), ("2031.4.5", "2031-04-05")),
    ],
)
def test_dates_become_iso(text: str, iso: str) -> None:
    assert date(text) == iso


@pytest.mark.parametrize("text", ["2031", "4/5/2031", "2031-13-01", "2031-04-40", "soon"])
def test_what_is_no_date_or_may_be_two_stays(text: str) -> None:
    assert date(text) is None


def test_a_column_of_numbers_is_real_and_its_blanks_are_null() -> None:
    assert column("1,000", "", "n/a", "25") == Column("x", "REAL", [1000.0, None, None, 25.0])


def test_a_column_of_codes_stays_text() -> None:
    assert column("001", "002", "13") == Column("x", "TEXT", ["001", "002", "13"])


def test_a_column_of_dates_can_be_ordered() -> None:
    assert column("2031/12/1", "2031/4/5").values == ["2031-12-01", "2031-04-05"]


def test_names_differ_by_more_than_their_case() -> None:
    table = Table("t", ["Name", "name", 'a"b', " "], [{"Name": "x"}])

    assert [each.name for each in columns(table)] == ["Name", "name 2", "ab", "column"]
