"""Amounts of a column are added exactly, in the unit that they share, or not at all."""

from __future__ import annotations

import pytest
from voicehelper.answering.reader.amounts import added


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["1", "2", "3"], "6"),
        (["0.1", "0.2"], "0.3"),
        (["$1,200.50", "$99.50"], "$1,300.00"),
        (["12 kg", "8.5 kg"], "20.5 kg"),
        (["1,200 元", "800 元"], "2,000 元"),
        (["１２台", "8台"], "20台"),
        (["€ 5", "", "€ 7", "n/a", "-"], "€ 12"),
        (["-5", "\u22123", "10"], "2"),
        (["1000000", "1"], "1,000,001"),
    ],
)
def test_a_sum_has_the_unit_of_its_cells(cells: list[str], total: str) -> None:
    assert added(cells, "sum") == total


@pytest.mark.parametrize(
    ("cells", "mean"),
    [(["1", "2"], "1.5"), (["10", "20"], "15"), (["1", "1", "2"], "1.33"), (["100", "300"], "200"), (["5 kg"], "5 kg")],
)
def test_a_mean_has_two_digits_more_than_its_cells_at_most(cells: list[str], mean: str) -> None:
    assert added(cells, "mean") == mean


@pytest.mark.parametrize(
    "cells",
    [
        ["5 kg", "300 g"],
        ["5", "free"],
        ["10-20", "5"],
        ["1.200,50", "3"],
        ["2024-05-01", "2024-06-01"],
        ["1,2", "3"],
        ["1,2345", "3"],
        ["3 (of 5)", "4"],
        ["", "-"],
        [],
        ["8 万", "9000"],
        ["9" * 200_000 + "x1", "1"],
    ],
)
def test_what_is_no_single_amount_of_one_unit_is_not_added(cells: list[str]) -> None:
    assert added(cells, "sum") is None
