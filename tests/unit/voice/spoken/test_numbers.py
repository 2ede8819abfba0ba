"""Numbers in words are the numbers: what is said is read back by another way than it was made."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.voice.spoken.numbers import (
    chinese,
    chinese_whole,
    digits_in,
    english,
    english_whole,
    english_year,
    ordinal,
)

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = {word: number for number, word in enumerate(re.findall(r"\w+", ONES))}
WORDS |= {word: 10 * number for number, word in enumerate(re.findall(r"\w+", TENS), 2)}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
HAN = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"两": 2}


def english_value(words: str) -> int:
    total, group = 0, 0
    for word in words.replace("-", " ").split():
        if word in SCALES:
            total, group = total + group * SCALES[word], 0
        elif word == "hundred":
            group *= 100
        else:
            group += WORDS[word]
    return total + group


def chinese_value(words: str) -> int:
    for mark, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        head, found, tail = words.partition(mark)
        if found:
            return chinese_value(head) * size + chinese_value(tail)
    value, digit = 0, 0
    for character in words:
        if place := {"千": 1000, "百": 100, "十": 10}.get(character):
            value, digit = value + (digit or 1) * place, 0
        else:
            digit = HAN[character]
    return value + digit


@given(st.integers(0, 10**15 - 1))
def test_an_english_number_is_the_number(number: int) -> None:
    assert english_value(english_whole(number)) == number


@given(st.integers(0, 10**15 - 1))
def test_a_chinese_number_is_the_number(number: int) -> None:
    assert chinese_value(chinese_whole(number)) == number


@given(st.integers(0, 10**15 - 1))
def test_zeros_are_said_once_and_never_at_the_end_of_a_chinese_number(number: int) -> None:
    words = chinese_whole(number)

    assert "零零" not in words
    assert words == "零" or not words.endswith("零")


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        ("12", "十二", "twelve"),
        ("20000", "两万", "twenty thousand"),
        ("2200", "两千二百", "two thousand two hundred"),
        ("1000001", "一百万零一", "one million one"),
        ("3.14", "三点一四", "three point one four"),
        ("0.8", "零点八", "zero point eight"),
        ("1234567890123456", "一二三四五六七八九零一二三四五六", None),
    ],
)
def test_amounts_are_said_as_usual(number: str, zh: str, en: str | None) -> None:
    assert chinese(number) == zh
    assert english(number) == (en or digits_in(number, "en"))


@pytest.mark.parametrize(
    ("year", "said"),
    [(1905, "nineteen oh five"), (1900, "nineteen hundred"), (2000, "two thousand"), (2025, "twenty twenty-five")],
)
def test_a_year_is_said_in_two_halves(year: int, said: str) -> None:
    assert english_year(year) == said


@pytest.mark.parametrize(
    ("number", "said"), [(1, "first"), (12, "twelfth"), (20, "twentieth"), (21, "twenty-first"), (100, "one hundredth")]
)
def test_ordinals(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_on_the_phone_chinese_says_one_otherwise() -> None:
    assert digits_in("110", "zh", phone=True) == "幺幺零"
