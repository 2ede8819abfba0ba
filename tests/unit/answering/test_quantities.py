from __future__ import annotations

import pytest
from voicehelper.answering.quantities import Quantity, is_stated, quantities, variants

SAME = [
    ("24 months", "24 个月"),
    ("two years", "24 months"),
    ("两年", "24 months"),
    ("1.2 亿元", "120 million yuan"),
    ("1,800 万", "18000000"),
    ("15%", "百分之十五"),
    ("March 5, 2024", "2024年3月5日"),
    ("5 pm", "17:00"),
    ("8:30", "08:30"),
    ("16:00", "下午四点"),
    ("二十四小时", "24 hours"),
    ("twenty-four hours", "1 day"),
    ("５，２００ mAh", "5200mAh"),
    ("valid forever", "永久有效"),
]
DIFFERENT = [
    ("24 years", "24 months"),
    ("1.2 万元", "1.2 亿元"),
    ("120 billion", "120 million"),
    ("$30", "30 元"),
    ("ninety-nine years", "24 months"),
    ("3 年", "3 个月"),
    ("2 years", "model X2"),
    ("forever", "24 months"),
    ("1.2.3", "1.2.4"),
]


@pytest.mark.parametrize(("said", "source"), SAME)
def test_the_same_quantity_is_found_however_it_is_written(said: str, source: str) -> None:
    stated = variants(quantities(source))

    assert all(is_stated(quantity, stated) for quantity in quantities(said, counts=False))


@pytest.mark.parametrize(("said", "source"), DIFFERENT)
def test_another_number_or_unit_is_another_quantity(said: str, source: str) -> None:
    stated = variants(quantities(source))

    assert not all(is_stated(quantity, stated) for quantity in quantities(said, counts=False))


def test_words_that_count_nothing_are_no_quantities() -> None:
    assert quantities("one of the doors, 一般十分满意", counts=False) == frozenset()
    assert quantities("三次", counts=False) == {Quantity("3")}
