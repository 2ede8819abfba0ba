"""Shows stored days as dates and times in the format of their cell: "d mmmm yyyy", "[h]:mm", 'yyyy"年"m"月"'.

Entry function: ``formatted_date``, called by ``number_formats``. Month names are English, or Chinese where the format
names that language: month names of other languages would need their tables.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from voicehelper.ingestion.parsers.office.format_codes import Section, Token

_MAX_DAYS = 2_958_466  # of the year 10000
_WEEKDAYS = "一二三四五六日"
_CHINESE_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_SECONDS = {"h": 3600, "m": 60, "s": 1}


@dataclass(frozen=True, slots=True)
class _Moment:
    """``elapsed`` is in seconds since day 0, ``split`` the part of a second below it, as decimals."""

    time: dt.datetime
    elapsed: int
    split: str
    is_halved: bool
    is_chinese: bool


def formatted_date(section: Section, value: float, *, is_1904: bool) -> str | None:
    """``value`` is days since 1899-12-30, which allows for Excel's nonexistent 29 February 1900, or since 1904.

    None for numbers that are no date.
    """
    if not 0 <= value < _MAX_DAYS:
        return None
    decimals = sum(token.kind == "digit" for token in section.tokens)
    units = round(Fraction(value) * 86_400 * 10**decimals)
    elapsed, split = divmod(units, 10**decimals)
    start = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 — sheets have no time zones
    if not is_1904 and 0 < value < 60:
        start += dt.timedelta(days=1)  # before the nonexistent day
    moment = _Moment(
        start + dt.timedelta(seconds=elapsed),
        elapsed,
        f"{split:0{decimals}d}" if decimals else "",
        any(token.kind == "half_day" for token in section.tokens),
        section.is_chinese,
    )
    return "".join(_piece(section.tokens, at, moment) for at in range(len(section.tokens)))


def _piece(tokens: tuple[Token, ...], at: int, moment: _Moment) -> str:
    kind, text = tokens[at]
    if kind == "elapsed":
        return f"{moment.elapsed // _SECONDS[text[0]]:0{len(text)}d}"
    if kind == "half_day":
        return _half_day(text, moment.time.hour)
    if kind == "system":
        return f"{moment.time:%Y-%m-%d}"
    if kind == "digit":
        return moment.split if tokens[at - 1].kind == "." else ""
    if kind != "date":
        return text
    code = text.lower()
    if code[0] == "m" and len(code) < 3 and _is_minute(tokens, at):
        return f"{moment.time.minute:0{len(code)}d}"
    return _date_piece(code, moment)


def _half_day(text: str, hour: int) -> str:
    morning, _, evening = text.partition("/")
    return evening if hour >= 12 else morning


def _is_minute(tokens: tuple[Token, ...], at: int) -> bool:
    """ "m" is a minute behind hours or before seconds, else a month."""
    clock = [token.text[0].lower() for token in tokens if token.kind in ("date", "elapsed")]
    place = sum(token.kind in ("date", "elapsed") for token in tokens[:at])
    return clock[place - 1 : place] == ["h"] or clock[place + 1 : place + 2] == ["s"]


def _date_piece(code: str, moment: _Moment) -> str:
    time = moment.time
    if code[0] in "ye":
        return f"{time.year % 100:02d}" if code in ("y", "yy") else f"{time.year:04d}"
    if code[0] == "m":
        return _month(code, moment)
    if code[0] == "d":
        return f"{time.day:0{len(code)}d}" if len(code) < 3 else calendar.day_name[time.weekday()][: _name_length(code)]
    if code[0] == "h":
        hour = (time.hour - 1) % 12 + 1 if moment.is_halved else time.hour
        return f"{hour:0{min(len(code), 2)}d}"
    if code[0] == "s":
        return f"{time.second:0{min(len(code), 2)}d}"
    if code[0] == "a":
        return ("星期" if len(code) > 3 else "周") + _WEEKDAYS[time.weekday()]
    return f"{time.year + 543}" if code[0] == "b" else ""


def _month(code: str, moment: _Moment) -> str:
    month = moment.time.month
    if len(code) < 3:
        return f"{month:0{len(code)}d}"
    if moment.is_chinese:
        return f"{_CHINESE_NUMBERS[month - 1]}月"
    name = calendar.month_name[month]
    return name[:1] if len(code) == 5 else name[: _name_length(code)]


def _name_length(code: str) -> int | None:
    return 3 if len(code) == 3 else None
