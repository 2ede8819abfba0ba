"""Reading order, skew and words, from places alone."""

from __future__ import annotations

import math

import pytest
from voicehelper.recognition.engine import Reading
from voicehelper.recognition.lines import in_rows, placed, slope_of, without_echoes

from tests.unit.recognition.readings import reading

SIZE = (1000, 1000)


def texts(readings: list[Reading]) -> list[list[str]]:
    return [[line.line.text for line in row] for row in in_rows(placed(readings, SIZE, slope_of(readings)))]


def turned(one: Reading, degrees: float) -> Reading:
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    a, b, c, d = ((x * cosine - y * sine, x * sine + y * cosine) for x, y in one.corners)
    return Reading(one.text, (a, b, c, d), one.confidence, one.characters)


def test_what_stands_at_one_height_is_a_row_from_left_to_right() -> None:
    assert texts([reading("金额", 400, 102), reading("合计", 100, 100), reading("备注", 100, 160)]) == [
        ["合计", "金额"],
        ["备注"],
    ]


@pytest.mark.parametrize("degrees", [-3.0, 2.0])
def test_rows_of_a_skewed_page_stay_rows(degrees: float) -> None:
    page = [reading(text, x, y) for y in (100, 150, 200) for x, text in ((100, "left side"), (800, "right side"))]

    assert texts([turned(one, degrees) for one in page]) == 3 * [["left side", "right side"]]


def test_columns_of_prose_are_read_one_after_the_other_between_what_crosses_both() -> None:
    column = [f"a line of prose that fills its column {number}" for number in range(6)]
    left = [reading(text, 50, 200 + 40 * index, width=420) for index, text in enumerate(column)]
    right = [reading(text.upper(), 520, 200 + 40 * index, width=420) for index, text in enumerate(column)]
    page = [reading("A heading over both", 100, 100, width=700), *left, *right, reading("The end", 300, 600, width=400)]

    assert [row[0] for row in texts(page)] == [
        "A heading over both",
        *column,
        *(text.upper() for text in column),
        "The end",
    ]


def test_columns_of_a_table_are_not_prose() -> None:
    cells = [
        reading(text, x, 100 + 40 * row) for row in range(6) for x, text in ((50, "螺丝"), (480, "12.50"), (900, "13%"))
    ]

    assert texts(cells) == 6 * [["螺丝", "12.50", "13%"]]


def test_boxes_are_fractions_of_the_page() -> None:
    [line] = placed([reading("Invoice 42", 100, 500, width=300)], SIZE, 0.0)

    assert line.line.box == (0.1, 0.5, 0.4, 0.52)


def test_letters_and_digits_are_words_and_chinese_characters_stand_alone() -> None:
    [line] = placed([reading("T1 净水器 8.5L", 0, 0, width=240)], SIZE, 0.0)

    assert [word.text for word in line.line.words] == ["T1", "净", "水", "器", "8.5L"]
    assert [word.box.x0 for word in line.line.words] == sorted(word.box.x0 for word in line.line.words)


def test_the_end_of_a_line_that_was_found_twice_is_dropped() -> None:
    line, echo, other = reading("motor freight", 100, 100), reading("t", 240, 101), reading("t", 600, 100)

    assert without_echoes([line, echo, other]) == [line, other]
