"""Numbers in words: ``english`` and ``chinese`` for amounts, ``digits_in`` for what is read digit by digit."""

from __future__ import annotations

from typing import Final

from voicehelper.text.language import TextLanguage

_LONGEST: Final = 15  # digits of an amount; a longer one is a code
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_THOUSANDS: Final = ("", " thousand", " million", " billion", " trillion")
_IRREGULAR: Final = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_HAN: Final = "零一二三四五六七八九"
_PLACES: Final = ("", "十", "百", "千")
_MYRIADS: Final = ("", "万", "亿", "万亿")


def english(number: str) -> str:
    """Of digits with an optional fraction, without separators: "1234.5"."""
    whole, _, fraction = number.partition(".")
    if len(whole) > _LONGEST:
        return digits_in(number, "en")
    words = english_whole(int(whole))
    return f"{words} point {digits_in(fraction, 'en')}" if fraction else words


def english_whole(number: int) -> str:
    if number < 1000:
        return _below_thousand(number)
    groups, place = [], 0
    while number:
        number, rest = divmod(number, 1000)
        if rest:
            groups.append(_below_thousand(rest) + _THOUSANDS[place])
        place += 1
    return " ".join(reversed(groups))


def _below_thousand(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    rest = f" {_below_thousand(number % 100)}" if number % 100 else ""
    return f"{_ONES[number // 100]} hundred{rest}"


def ordinal(number: int) -> str:
    """In English."""
    words = english_whole(number)
    head, separator, last = words.rpartition("-") if words.rfind("-") > words.rfind(" ") else words.rpartition(" ")
    if last in _IRREGULAR:
        return f"{head}{separator}{_IRREGULAR[last]}"
    return f"{head}{separator}{last.removesuffix('y')}{'ie' if last.endswith('y') else ''}th"


def english_year(year: int) -> str:
    """Of 1000 to 2999."""
    century, rest = divmod(year, 100)
    if 2000 <= year < 2010 or (not rest and not century % 10):
        return english_whole(year)
    if not rest:
        return f"{_below_thousand(century)} hundred"
    return f"{_below_thousand(century)} {'oh ' if rest < 10 else ''}{_below_thousand(rest)}"


def chinese(number: str) -> str:
    """Of digits with an optional fraction, without separators."""
    whole, _, fraction = number.partition(".")
    if len(whole) > _LONGEST:
        return digits_in(number, "zh")
    words = chinese_whole(int(whole))
    return f"{words}点{digits_in(fraction, 'zh')}" if fraction else words


def chinese_whole(number: int) -> str:
    if number == 0:
        return _HAN[0]
    words, place = "", 0
    while number:
        number, rest = divmod(number, 10_000)
        if rest:
            # Zeros between two groups are said once.
            gap = _HAN[0] if number and rest < 1000 else ""
            group = "两" if rest == 2 and place else _below_myriad(rest)
            words = gap + group + _MYRIADS[place] + words
        elif words and not words.startswith(_HAN[0]):
            words = _HAN[0] + words
        place += 1
    return words.removeprefix("一") if words.startswith("一十") else words


def _below_myriad(number: int) -> str:
    words, pending = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            pending = bool(words)
            continue
        # 两 before thousands and myriads, 二 elsewhere.
        name = "两" if digit == 2 and place == 3 else _HAN[digit]
        words += (_HAN[0] if pending else "") + name + _PLACES[place]
        pending = False
    return words


def digits_in(text: str, language: TextLanguage, *, phone: bool = False) -> str:
    """One by one; what is no digit is a pause. On the phone, Chinese says 幺 for one."""
    if language == "en":
        return " ".join(_ONES[int(character)] for character in text if character.isascii() and character.isdigit())
    spoken = "".join(_HAN[int(character)] for character in text if character.isascii() and character.isdigit())
    return spoken.replace("一", "幺") if phone else spoken
