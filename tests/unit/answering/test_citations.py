from __future__ import annotations

from collections.abc import Callable

import pytest
from voicehelper.answering.citations import (
    MAX_QUOTE_CHARS,
    cited_text,
    mark_places,
    marks_of,
    quote_of,
    renumber,
    without_marks,
)

from tests.support.growth import LIMIT, growth


def test_marks_are_renumbered_in_the_order_of_reading() -> None:
    assert renumber("先做甲 [3]，再做乙 [1]。丙也一样 [3]。", 3) == ("先做甲 [1]，再做乙 [2]。丙也一样 [1]。", [2, 0])


def test_marks_of_passages_that_were_not_given_are_removed() -> None:
    assert renumber("True [9]. Also true [1]. Zero [0].", 2) == ("True. Also true [1]. Zero.", [0])


@pytest.mark.parametrize(
    "marks", ["[1, 2]", "[1][2]", "[1-2]", "【1】【2】", "［1，2］", "[^1][^2]", "[Passages 1, 2]"]
)
def test_marks_are_understood_in_every_notation(marks: str) -> None:
    text, cited = renumber(f"Both say so {marks}", 2)

    assert cited == [0, 1]
    assert text.replace(" ", "") == "Bothsayso[1][2]"


def test_years_in_brackets_and_indices_in_code_are_not_marks() -> None:
    text = "国发[2024]5号 [1]，用 `rows[7]` 读取 [1]。"

    assert renumber(text, 1) == (text, [0])
    assert marks_of("`rows[7]` [2]") == [2]


def test_the_places_of_marks_are_those_in_the_text() -> None:
    text = "甲 [1]，`a[2]` 乙 [2][10]；[2024] [x] ```\nb[3]\n``` 丙 [1]。"

    places = mark_places(text)

    assert [(text[start:end], number) for start, end, number in places] == [
        ("[1]", 1), ("[2]", 2), ("[10]", 10), ("[1]", 1),
    ]  # fmt: skip


def test_removing_marks_keeps_all_other_text() -> None:
    assert without_marks("甲 [1][2]，乙[3]。") == "甲，乙。"


HOSTILE: dict[str, Callable[[int], str]] = {
    "spaces": lambda n: " " * n,
    "spaces before letters": lambda n: (" " * 1000 + "x") * (n // 1000),
    "tabs in brackets": lambda n: "[" + "\t" * n,
    "brackets": lambda n: "[ " * (n // 2),
    "numbers": lambda n: "[1" + " , 1" * (n // 4),
    "numbers and spaces": lambda n: "[1" + " " * n,
    "passages": lambda n: "[passage " * (n // 9),
    "marks": lambda n: " [1]" * (n // 4),
    "ranges": lambda n: "[1-99" + ",1-99" * (n // 5) + "]",
    "backticks": lambda n: "`" * n,
    "open code": lambda n: "```" + "``a" * (n // 3),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("read", [lambda text: renumber(text, 8), without_marks, marks_of])
def test_marks_are_read_in_time_in_proportion_to_the_text(name: str, read: Callable[[str], object]) -> None:
    def work(length: int) -> Callable[[], object]:
        text = HOSTILE[name](length)
        return lambda: read(text)

    assert growth(work, 10_000, largest=320_000) < LIMIT


PASSAGE = "滤网须定期保养。空气滤网每 3 个月更换一次。锅炉的额定压力是 0.8 MPa。"


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("空气滤网每 3 个月更换一次。", "空气滤网每 3 个月更换一次。"),
        ("每三个月要换一次空气滤网", "空气滤网每 3 个月更换一次。"),
        ("压力为 0.8 MPa", "锅炉的额定压力是 0.8 MPa。"),
        ("something else", "滤网须定期保养。"),
    ],
)
def test_the_quote_is_the_sentence_that_was_said(said: str, quote: str) -> None:
    assert quote_of(PASSAGE, said) == quote


def test_a_quote_has_a_bound_and_is_never_missing() -> None:
    assert len(quote_of("word " * 500, "word")) <= MAX_QUOTE_CHARS
    assert quote_of("- - -", "word") == "- - -"
    assert quote_of("", "word") == ""


def test_a_source_is_cited_for_the_lines_with_its_mark() -> None:
    assert cited_text("First [1].\nSecond [2].\nThird [1][2].", 1) == "First.\nThird."
    assert cited_text("Six months.\nPrice: 59 euros [1].\nOpen\nend", 1) == "Six months.\nPrice: 59 euros."
    assert cited_text("Nothing is marked.", 1) == ""


def test_of_several_sentences_that_were_said_the_first_is_quoted() -> None:
    assert quote_of("A note. It lasts six months. It costs 59 euros.", "It lasts six months.\nIt costs 59 euros.") == (
        "It lasts six months."
    )
