"""Dates: "2024-03-05", "5 March 2024", "March 5th", "05.03.2024" and "2024年3月5日" are the same day."""

from __future__ import annotations

import re
from typing import Final

from voicehelper.text.spellings.numerals import HAN, han_number
from voicehelper.text.spellings.spelling import Reader, Spelling, spelled

_NAMES: Final = (
    "january jan januar enero janvier", "february feb februar febrero février", "march mar märz marzo mars",
    "april apr abril avril", "may mai mayo", "june jun juni junio juin", "july jul juli julio juillet",
    "august aug agosto août", "september sept sep septiembre septembre", "october oct oktober okt octubre octobre",
    "november nov noviembre novembre", "december dec dezember dez diciembre décembre",
)  # fmt: skip
_MONTHS: Final = {name: month for month, names in enumerate(_NAMES, start=1) for name in names.split()}
_MONTH: Final = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b"
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th|\.)?"
_YEAR: Final = r"(?:19|20)\d\d"
_NO_MORE: Final = r"(?![a-z0-9]|[-./]\d)"
_HAN_NUMBER: Final = rf"[\d{HAN}]{{1,4}}"


def _read_year_first(match: re.Match[str]) -> Spelling | None:
    year, month, *day = map(int, re.findall(r"\d+", match.group()))
    return _date(match, year, month, day[0] if day else None)


def _read_day_first(match: re.Match[str]) -> Spelling | None:
    """ "05.03.2024" has the day first; "05/03/2024" may have the month first."""
    first, second, year = map(int, re.findall(r"\d+", match.group()))
    day_first = _date(match, year, second, first)
    month_first = None if "." in match.group() else _date(match, year, first, second)
    if not day_first or not month_first:
        return day_first or month_first
    names = tuple(dict.fromkeys(day_first.terms + month_first.terms))
    return spelled(match, names, (day_first.terms[0], month_first.terms[0]))


def _read_compact(match: re.Match[str]) -> Spelling | None:
    text = match.group()
    return _date(match, int(text[:4]), int(text[4:6]), int(text[6:]))


def _read_named(match: re.Match[str]) -> Spelling | None:
    """A month's name with a day, a year or both; "may 12" is a day of that month only beside a year."""
    text = match.group()
    month = next((_MONTHS[word] for word in re.findall(r"[^\W\d_]+", text) if word in _MONTHS), None)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    year = next((number for number in numbers if number > 31), None)
    day = next((number for number in numbers if number <= 31), None)
    return _date(match, year, month, day)


def _read_han(match: re.Match[str]) -> Spelling | None:
    parts = {unit: han_number(number) for number, unit in re.findall(rf"({_HAN_NUMBER}) ?([年月日号])", match.group())}
    return _date(match, parts.get("年"), parts.get("月"), parts.get("日", parts.get("号")))


def _date(match: re.Match[str], year: int | None, month: int | None, day: int | None) -> Spelling | None:
    if month is None or not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    if year is not None and not 1900 <= year < 2100:
        return None
    month_of_year, day_of_month = f"{year}-{month:02d}", f"--{month:02d}-{day or 0:02d}"
    if day is None:
        return None if year is None else spelled(match, (month_of_year,), (month_of_year,))
    if year is None:
        return spelled(match, (day_of_month,), (day_of_month,))
    whole = f"{month_of_year}-{day:02d}"
    return spelled(match, (whole, month_of_year, day_of_month), (whole,))


PATTERNS: Final[dict[str, tuple[str, Reader]]] = {
    "year_first": (rf"{_YEAR}[-/.](?:1[0-2]|0?[1-9])(?:[-/.][0-3]?\d)?{_NO_MORE}", _read_year_first),
    "day_first": (rf"[0-3]?\d[-/.][0-3]?\d[-/.]{_YEAR}{_NO_MORE}", _read_day_first),
    "compact": (r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)", _read_compact),
    "day_month": (rf"{_DAY} ?(?:of |de )?{_MONTH}\.?(?:,? ?(?:of |de )?{_YEAR}(?!\d))?", _read_named),
    "month_day": (rf"{_MONTH}\.? (?:[0-3]?\d(?:st|nd|rd|th)?\b(?![.,]\d|%))(?:,? {_YEAR}(?!\d))?", _read_named),
    "month_year": (rf"{_MONTH}\.?,? (?:of )?{_YEAR}(?!\d)", _read_named),
    "han_date": (
        rf"(?:{_HAN_NUMBER} ?年 ?)?{_HAN_NUMBER} ?月(?!份?之)(?: ?{_HAN_NUMBER} ?[日号])?",
        _read_han,
    ),
}  # fmt: skip
