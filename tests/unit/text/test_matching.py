from __future__ import annotations

import pytest
from voicehelper.text.matching import contains, shared_part


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("押金为３００元。", "300 元"),
        ("押金为 300 元。", "３００元"),
        ("「退款」須在七天內申請", "退款须在七天内申请"),
        ("The fee—paid once—is $20.", "fee, paid once"),
        ("Contact: J. O’Neill", "j o'neill"),
        ("Umsatz 1,250,000 Euro", "1250000 euro"),
        ("满意度 98.5 %", "98.5%"),
        ("| Modell | X-200 |", "Modell X200"),
        ("ﾌｨﾙﾀｰを交換", "フィルター"),
        ("line one\nline two", "one line"),
        ("สวัสดีครับ", "ครับ"),
        ("Caf\u0065\u0301 Central", "café"),
        ("12:30 开始", "12:30"),
    ],
)
def test_a_text_is_found_whatever_its_width_punctuation_and_script(text: str, expected: str) -> None:
    assert contains(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("since 2012", "12"),
        ("version 3.5", "5"),
        ("interest 5%", "5"),
        ("unpaid", "paid"),
        ("押金为 300 元", "元300"),
        ("10,5 kg", "105"),
        ("anything", "?!"),
        ("", "x"),
        ("12:30", "12:3"),
    ],
)
def test_parts_of_numbers_and_words_are_not_found(text: str, expected: str) -> None:
    assert not contains(text, expected)


def test_the_shared_part_counts_distinct_words() -> None:
    assert shared_part("red and blue", "red green") == 0.5
    assert shared_part("red", "!") == 0.0
