"""Whatever date, number or code it is: each way of writing it finds every other."""

from __future__ import annotations

import datetime

from hypothesis import example, given
from hypothesis import strategies as st
from voicehelper.text.question_terms import question_terms
from voicehelper.text.tokenization import terms

from tests.unit.answering.passages import flat_idf

DAYS = st.dates(datetime.date(1950, 1, 1), datetime.date(2090, 12, 31))
LETTERS = st.text("ABCDEFGHJKLMNPQRTUVWXYZ", min_size=1, max_size=4)


def found(question: str, written: str) -> float:
    return question_terms(question, flat_idf).coverage(terms(f"It says: {written}."))


@given(DAYS)
def test_a_date_in_every_form(day: datetime.date) -> None:
    forms = (
        day.isoformat(), f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", f"{day:%d.%m.%Y}",
        f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}",
    )  # fmt: skip

    assert [(one, other) for one in forms for other in forms if found(one, other) < 1] == []


def is_a_day(number: int) -> bool:
    """20370701 is read as one, and not as the number that 20,370,701 is."""
    try:
        return len(str(number)) == 8 and bool(datetime.date.fromisoformat(str(number)))
    except ValueError:
        return False


@given(st.integers(10_000, 999_999_999).filter(lambda number: not is_a_day(number)))
@example(20_371_301)
def test_a_number_with_and_without_separators(number: int) -> None:
    forms = (str(number), f"{number:,}", f"{number:,}".replace(",", " "))

    assert [(one, other) for one in forms for other in forms if found(one, other) < 1] == []


@given(LETTERS, st.integers(10, 9999))
def test_a_code_whatever_joins_its_parts(letters: str, number: int) -> None:
    forms = (f"{letters}-{number}", f"{letters}{number}", f"{letters}/{number}", f"{letters.lower()}-{number}")

    assert [(one, other) for one in forms for other in forms if found(one, other) < 1] == []


PIECES = (
    "0", "1", "12", "2024", "٣", "一", "十", "百", "千", "万", "亿", "零", "年", "月", "日", "点", "时", "半", "第",
    "条", "章", "分", "上午", "百分之", "march", "may", "th", "st", "of", "pm", "uhr", ".", ",", "-", "/", ":", " ",
    "(", ")", "+", "%", "kg", "€", "v", "§", "section", "x", "\n", "'", "_",
)  # fmt: skip


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("零12月")
@example("5thmarch")
def test_no_text_breaks_it(text: str) -> None:
    assert terms(text) == terms(text)
    question_terms(text, flat_idf)


def test_digits_of_another_script_are_read_as_digits() -> None:
    assert "13" in terms("1٣ pumps")
