"""Numbers with their units in Chinese and English text, in comparable form: "1.2 亿" is "120 million".

``quantities`` is the entry; the grounding check compares those of a sentence with those of its passages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicehelper.text.spellings.numerals import ENGLISH, HAN_DIGITS, HAN_POWERS, ONES, TENS

_UNITS = {
    name: unit
    for unit, names in {
        "year": "years year yrs yr 年",
        "month": "months month 个月 月",
        "week": "weeks week 周 星期",
        "day": "days day 天 日",
        "hour": "hours hour hrs hr h 个小时 小时",
        "minute": "minutes minute mins min 分钟",
        "second": "seconds second secs sec s 秒",
        "percent": "% percent 个百分点",
        "dollar": "dollars dollar usd 美元",
        "yuan": "yuan rmb cny 元",
        "euro": "euros euro eur 欧元",
        "volt": "volts volt v 伏",
        "watt": "watts watt w 瓦",
        "kilowatt": "kw 千瓦",
        "kilogram": "kilograms kilogram kg 公斤 千克",
        "gram": "grams gram g 克",
        "kilometre": "kilometres kilometers km 公里",
        "metre": "metres metre meters meter m 米",
        "centimetre": "cm 厘米",
        "millimetre": "mm 毫米",
        "celsius": "°c 摄氏度",
    }.items()
    for name in names.split()
}
_SYMBOLS: Final = "mpa kpa bar psi mah kwh hz khz mhz ghz mb gb tb kb ml dpi"  # units of one name
_UNITS |= {name: name for name in _SYMBOLS.split()}
_SCALES: Final = {"万": 4, "亿": 8, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_CURRENCIES: Final = {"$": "dollar", "¥": "yuan", "€": "euro"}
# (larger unit, smaller unit, how many)
_CONVERSIONS: Final = (
    ("year", "month", 12),
    ("week", "day", 7),
    ("day", "hour", 24),
    ("hour", "minute", 60),
    ("minute", "second", 60),
)
_MONTHS_TEXT: Final = """
    January February March April May June July August September October November December
"""
_MONTHS = _MONTHS_TEXT.split()


def _any_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_ENGLISH: Final = rf"\b(?:(?:{_any_of(TENS)})(?:[- ](?:{_any_of(ONES[1:10])}))?|{_any_of(ONES)})\b"
_MONTH: Final = rf"({_any_of(_MONTHS)})"
_QUANTITY: Final = re.compile(
    r"(?P<currency>[$¥€])?\s?(?P<percent>百分之)?(?P<code>(?<![A-Za-z])[A-Za-z]{1,20}-?(?=\d))?"
    rf"(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})++(?:\.\d++)?|\d++(?:[.:]\d++)*+)|(?P<english>{_ENGLISH})"
    rf"|(?P<han>[{''.join([*HAN_DIGITS, *HAN_POWERS])}]{{1,9}}))"
    rf"[\s-]?(?P<scale>{_any_of(_SCALES)})?\s?(?:(?P<unit>{_any_of(_UNITS)})(?![a-z0-9]))?(?P<counted>(?=[次人名台倍页]))?",
    re.IGNORECASE,
)
# "May" and "March" are months beside a day or a year, or after a preposition.
_MONTH_NAME: Final = re.compile(
    rf"\b{_MONTH}\b(?=\.?,?\s\d)|(?<=\d\s){_MONTH}\b|\b(?:in|since|until|by|of)\s{_MONTH}\b"
)


_UNLIMITED: Final = re.compile(
    r"\b(?:forever|lifetime|unlimited|indefinite(?:ly)?|infinite(?:ly)?|perpetual(?:ly)?|eternal(?:ly)?|no limit|"
    r"without limit)\b|永久|永远|终身|无限|无期限|不限",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` is a decimal number, or a time, date or version as written.

    ``unit`` is "" if none is known, and "code" for the digits of a name such as X2 or FY2024.
    """

    value: str
    unit: str = ""


def quantities(text: str, *, counts: bool = True) -> frozenset[Quantity]:
    """All quantities of a text, "unlimited" among them.

    ``counts`` False leaves out numbers in words that may count nothing: "one of the", "一般".
    """
    found = [_quantity(match) for match in _QUANTITY.finditer(_folded(text))]
    stated = [quantity for quantity, is_idiom in found if counts or quantity.unit or not is_idiom]
    return frozenset([*stated, *([Quantity("unlimited")] if _UNLIMITED.search(text) else [])])


def without_quantities(text: str) -> str:
    """The text without numbers and their units; names such as X2 stay."""
    return _QUANTITY.sub(lambda match: match.group() if match["code"] else " ", _folded(text))


def _folded(text: str) -> str:
    """NFKC, with the names of months as numbers."""
    folded = unicodedata.normalize("NFKC", text)
    return _MONTH_NAME.sub(lambda match: f" {_MONTHS.index(next(filter(None, match.groups()))) + 1} 月 ", folded)


def variants(stated: Iterable[Quantity]) -> frozenset[Quantity]:
    """The quantities with their equals in other units: 24 months are 2 years, 17:00 is 5:00 or 5."""
    return frozenset(variant for quantity in stated for variant in (quantity, *_equals(quantity)))


def is_stated(quantity: Quantity, source: Iterable[Quantity]) -> bool:
    """Whether the source has the value, and not with another unit only; a time also as "5" of "five o'clock"."""
    times = {quantity.value, *(equal.value for equal in _equals(quantity) if ":" in quantity.value)}
    return any(
        other.value in times and (quantity.unit in ("", "code", other.unit) or not other.unit) for other in source
    )


def _quantity(match: re.Match[str]) -> tuple[Quantity, bool]:
    """(the quantity, whether it is in words that may be no number)."""
    unit = _UNITS.get((match["unit"] or "").lower(), "") or _CURRENCIES.get(match["currency"] or "", "")
    unit = "code" if match["code"] else "percent" if match["percent"] else unit
    if not (digits := match["digits"]):
        number = _english(match["english"]) if match["english"] else _han(match["han"])
        is_idiom = number < 2 or (bool(match["han"]) and match["counted"] is None)
        return Quantity(_scaled(str(number), match["scale"]), unit), is_idiom
    is_calendar_year = unit == "year" and len(digits) == 4
    return Quantity(_scaled(digits.replace(",", ""), match["scale"]), "" if is_calendar_year else unit), False


def _scaled(number: str, scale: str | None) -> str:
    """Without zeros that do not count; a time or a version has them removed from each part."""
    if ":" in number or number.count(".") > 1:
        return re.sub(r"\d+", lambda match: match.group().lstrip("0") or "0", number)
    value = Decimal(number).scaleb(_SCALES.get((scale or "").lower(), 0)).normalize()
    return format(value, "f") if len(number) < 40 else number


def _english(words: str) -> int:
    """twenty-four → 24."""
    return sum(ENGLISH[part] for part in re.split(r"[- ]", words.lower()))


def _han(numeral: str) -> int:
    """二十四 → 24, 二〇二四 → 2024."""
    if not any(character in HAN_POWERS for character in numeral):
        return int("".join(str(HAN_DIGITS[character]) for character in numeral))
    total, digit = 0, 1
    for position, character in enumerate(numeral):
        if character in HAN_POWERS:
            total += (digit or (0 if position else 1)) * HAN_POWERS[character]
            digit = 0
        else:
            digit = HAN_DIGITS[character]
    return total + (digit if numeral[-1] not in HAN_POWERS else 0)


def _equals(quantity: Quantity) -> Iterator[Quantity]:
    if time := re.fullmatch(r"(\d{1,2}):(\d{1,2})", quantity.value):
        yield from _clock_times(int(time[1]), time[2])
    if re.fullmatch(r"\d{1,9}", quantity.value):
        for larger, smaller, count in _CONVERSIONS:
            if quantity.unit == larger:
                yield Quantity(str(int(quantity.value) * count), smaller)
            if quantity.unit == smaller and int(quantity.value) % count == 0:
                yield Quantity(str(int(quantity.value) // count), larger)


def _clock_times(hour: int, minutes: str) -> Iterator[Quantity]:
    for shown in {hour, hour % 12 or 12}:
        yield Quantity(f"{shown}:{minutes}")
        if minutes == "0":
            yield Quantity(str(shown))
