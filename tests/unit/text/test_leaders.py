from __future__ import annotations

import pytest
from voicehelper.text.leaders import ends_in_leaders, is_leader_row, leader_spans
from voicehelper.text.sentences import sentences


@pytest.mark.parametrize(
    "row",
    [
        "Bread roll ............. 1.90",
        "Gasket . . . . . . 8 weeks",
        "Gasket .  .  .  . Nine weeks",
        "Filter………… 3 Stück",
        "拿铁……二十八元",
        "绿茶 …… 免费",
        "Öffnung .... 12 bar",
        "Hotline ............ Mr. Brandt",
    ],
)
def test_the_dots_between_label_and_value_end_no_sentence(row: str) -> None:
    assert sentences(row) == [row]
    assert is_leader_row(row)


@pytest.mark.parametrize("row", ["Socket ···· 7 A", "Place: ____ Lyon", "ネジ・・・・・12本"])
def test_other_leaders_are_rows_too(row: str) -> None:
    assert is_leader_row(row)


def test_prose_that_falters_is_no_row() -> None:
    text = "他停了一下……接着又说起来。门开了……没有人。He paused.... Then he left."

    assert sentences(text) == ["他停了一下…", "接着又说起来。", "门开了…", "没有人。", "He paused....", "Then he left."]
    assert not is_leader_row(text)
    assert not leader_spans("It took a while. It did.")


def test_rows_below_each_other_stay_apart() -> None:
    rows = ["espresso of the house, single ........ 2.10", "espresso of the house, double ........ 3.40"]

    assert sentences("\n".join(rows)) == rows


def test_a_value_on_the_next_line_belongs_to_its_label() -> None:
    assert ends_in_leaders("Weight of the cover .........")
    assert sentences("Weight of the cover .........\n14 kg") == ["Weight of the cover ......... 14 kg"]
