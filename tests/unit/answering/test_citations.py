from __future__ import annotations

import pytest
from voicehelper.answering.citations import marks_of, renumber, without_marks


def test_marks_are_renumbered_in_the_order_a_reader_meets_them() -> None:
    assert renumber("先做甲 [3]，再做乙 [1]。丙也一样 [3]。", 3) == ("先做甲 [1]，再做乙 [2]。丙也一样 [1]。", [2, 0])


def test_a_mark_of_a_passage_that_was_not_given_is_taken_out() -> None:
    assert renumber("True [9]. Also true [1]. Zero [0].", 2) == ("True. Also true [1]. Zero.", [0])


@pytest.mark.parametrize(
    "written", ["[1, 2]", "[1][2]", "[1-2]", "【1】【2】", "［1，2］", "[^1][^2]", "[Passages 1, 2]"]
)
def test_every_way_of_writing_marks_is_understood(written: str) -> None:
    text, cited = renumber(f"Both say so {written}", 2)
    assert cited == [0, 1]
    assert text.replace(" ", "") == "Bothsayso[1][2]"


def test_a_year_in_brackets_and_an_index_in_code_stay() -> None:
    assert renumber("国发[2024]5号 [1]，用 `rows[7]` 读取 [1]。", 1) == (
        "国发[2024]5号 [1]，用 `rows[7]` 读取 [1]。",
        [0],
    )
    assert marks_of("`rows[7]` [2]") == [2]


def test_text_without_marks_keeps_everything_else() -> None:
    assert without_marks("甲 [1][2]，乙[3]。") == "甲，乙。"
