from __future__ import annotations

import pytest
from voicehelper.ingestion.layouts import PageLayout, page_layout
from voicehelper.knowledge.quote_boxes import boxes_of_quote


def page(*lines: str) -> PageLayout:
    """Words of half a hundredth of the page's width a character, a line every tenth of its height."""
    words, boxes = [], []
    for number, line in enumerate(lines):
        left = 0.1
        for word in line.split(" "):
            words.append(word)
            boxes.append((left, 0.1 * (number + 1), left + 0.005 * len(word), 0.1 * (number + 1) + 0.05))
            left += 0.005 * (len(word) + 1)
    return page_layout(1, 0, words, boxes)


def test_a_quote_on_one_line_is_one_box() -> None:
    found = boxes_of_quote(page("Hold the power key", "for five seconds."), "the power key")

    assert found.matched == 1
    assert found.boxes == [pytest.approx((0.125, 0.1, 0.19, 0.15))]


@pytest.mark.parametrize(
    ("lines", "quote"),
    [
        (("Keep the regis-", "tration card."), "the registration card"),
        (("Keep the well-", "known card."), "the well-known card"),
        (("Keep the regis\ufffe", "tration card."), "the registration card"),
        (("保修期为", "二十四个月，自购买"), "保修期为二十四个月"),
        (("Ｆｕｌｌ　width", "2，000 元"), "full width 2,000元"),
    ],
)
def test_line_breaks_hyphens_and_widths_make_no_difference(lines: tuple[str, ...], quote: str) -> None:
    found = boxes_of_quote(page(*lines), quote)

    assert found.matched == 1
    assert [round(box.y0, 1) for box in found.boxes] == [0.1, 0.2]


def test_of_a_line_of_chinese_only_the_quoted_part_is_boxed() -> None:
    found = boxes_of_quote(page("甲方应在十日内付款"), "十日内")

    assert found.boxes == [pytest.approx((0.1 + 0.005 * 4, 0.1, 0.1 + 0.005 * 7, 0.15))]


def test_a_row_of_a_table_is_found_without_the_names_of_its_columns() -> None:
    layout = page("Part Price Days", "Pump 12 3", "Valve 7 3", "Seal 12 9")

    found = boxes_of_quote(layout, "Part: Valve | Price: 7 | Days: 3")

    assert found.matched == 1
    assert {round(box.y0, 1) for box in found.boxes} == {0.3}


def test_of_a_quote_that_goes_on_elsewhere_the_part_on_the_page_is_boxed() -> None:
    found = boxes_of_quote(page("The warranty lasts for"), "The warranty lasts for two years after the purchase.")

    assert 0.3 < found.matched < 0.6
    assert len(found.boxes) == 1


@pytest.mark.parametrize("quote", ["nothing of this kind stands there", " \n", "|", "x" * 100_000])
def test_what_is_not_there_has_no_box(quote: str) -> None:
    found = boxes_of_quote(page("Hold the power key"), quote)

    assert (found.boxes, found.matched) == ([], 0)


def test_a_long_page_and_a_hostile_quote_end() -> None:
    layout = page_layout(1, 0, ["ab" * 40] * 5000, [(0.1, 0.1, 0.2, 0.2)] * 5000)

    assert boxes_of_quote(layout, "abababac" * 1000).matched < 1
