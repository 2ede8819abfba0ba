from __future__ import annotations

from voicehelper.recognition.stacking import stacked

TABLE = (("Part", "Price"), ("Pump", "12.50"))
LINES = ["Price list", "Part | Price", "Pump 12.50", "Net of tax."]


def test_lines_stand_below_each_other_and_a_table_over_its_rows() -> None:
    lines, [table] = stacked(LINES, [TABLE], 0.5)

    tops = [line.box.y0 for line in lines]
    assert tops == sorted(tops)
    assert [table.box.y0 < line.box.y0 and line.box.y1 < table.box.y1 for line in lines] == [False, True, True, False]


def test_a_table_that_no_line_repeats_stands_below_all_lines() -> None:
    lines, [table] = stacked(["Price list", "Pump"], [TABLE], 0.5)

    assert table.box.y0 > lines[-1].box.y1
    assert table.box.y1 == 1


def test_lines_far_apart_that_look_like_rows_hide_nothing_between_them() -> None:
    between = [f"Clause {number} stands here." for number in range(9)]

    lines, [table] = stacked(["Part Price", *between, "Pump 12.50"], [TABLE], 0.5)

    assert table.box.y0 > lines[-1].box.y1


def test_nothing_is_nothing() -> None:
    assert stacked([], [], 0.5) == ((), ())
