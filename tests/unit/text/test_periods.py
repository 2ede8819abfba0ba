from __future__ import annotations

import pytest
from voicehelper.text.periods import period_synonyms


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Stores in Q2 of FY2024?", ["2Q", "second quarter", "fiscal 2024"]),
        ("margin in the second quarter of fiscal 2023", ["Q2", "2Q", "FY2023"]),
        ("FY 22 and 1Q23", ["Q1", "first quarter", "FY2022", "fiscal 2022"]),
        ("2023年第三季度的收入", ["Q3", "3Q"]),
        ("2023Q3 的收入", ["3Q", "第三季度"]),
        ("2024财年上半年", ["H1", "1H", "FY2024"]),
    ],
)
def test_periods_have_synonyms_in_the_language_of_the_question(text: str, names: list[str]) -> None:
    assert period_synonyms(text) == names


@pytest.mark.parametrize("text", ["Is 3M profitable?", "FAQ2 and Q20", "model H12", "滤芯多久更换一次？"])
def test_texts_that_only_look_like_a_period_have_no_synonyms(text: str) -> None:
    assert period_synonyms(text) == []
