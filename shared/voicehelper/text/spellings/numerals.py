"""Numbers in words and in Chinese characters, as integers."""

from __future__ import annotations

from typing import Final

_ONES_TEXT: Final = """
    zero one two three four five six seven eight nine ten
    eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_TENS_TEXT: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES, TENS = _ONES_TEXT.split(), _TENS_TEXT.split()
ENGLISH: Final = {word: number for number, word in enumerate(ONES)} | {
    word: 10 * number for number, word in enumerate(TENS, start=2)
}
HAN_DIGITS: Final = {
    character: n for n, same in enumerate(("零〇", "一", "二两", *"三四五六七八九")) for character in same
}
HAN_POWERS: Final = {"十": 10, "百": 100, "千": 1000}
_MYRIADS: Final = {"万": 10_000, "亿": 100_000_000}
HAN: Final = "零〇一二两三四五六七八九十百千"


def han_number(text: str) -> int:
    """ "三十二" and "三二" are 32, "二〇二四" is 2024, "一百二十五万" is 1,250,000; "1百2十" is 120."""
    total = section = digit = 0
    for character in text:
        if character.isdecimal() or character in HAN_DIGITS:
            digit = digit * 10 + (int(character) if character.isdecimal() else HAN_DIGITS[character])
        elif character in HAN_POWERS:
            section += (digit or 1) * HAN_POWERS[character]
            digit = 0
        else:
            total += (section + digit) * _MYRIADS[character]
            section = digit = 0
    return total + section + digit
