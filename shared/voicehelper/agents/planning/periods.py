"""The periods that a text names: years, quarters, months, "last year".

``periods`` is the entry, ``plain`` makes its input; planning reads tasks and observations by them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MAX_CHARACTERS: Final = 6_000
# What follows an amount that looks like a year: "2000 元", "2008 million", "1999 employees".
_COUNTS: Final = re.compile(
    r" ?(?:元|美元|欧|英镑|人|件|台|个|万|亿|名|位|%|页|套|条|份|公[斤里]|小时|千[米克瓦]|[*+/]"
    r"|(?:thousand|million|billion|trillion|yuan|rmb|dollars?|euros?|pounds?|percent|people|persons?|employees|units|kg|"
    r"kilo\w{0,6}|tons?|tonnes?|km|hours?|k?wh)\b)",
    re.IGNORECASE,
)
# "2024", "2024 年", "FY2024", "2024Q1", "Q1 2024", "2024 年第一季度", "March 2024", "去年", "last year".
_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_QUARTER: Final = r"第?[一二三四1-4]季度|[上下]半年|[qQhH][1-4]\b|[1-4][qQhH]\b"
_ORDINAL: Final = r"(?:first|second|third|fourth) (?:quarter|half)"
_YEAR: Final = r"(?:19|20)\d\d(?!\d|[,.]\d)"
_PERIOD: Final = re.compile(
    rf"(?<![\d$¥€£A-Za-z])(?<!\d[.,])(?:(?:FY|fiscal(?: year)?|财年) ?)?{_YEAR}(?: ?(?:财年|年度?))?"
    rf"(?: ?(?:{_QUARTER}|1?\d ?月份?))?"
    rf"|\b(?:[qQhH][1-4]|[1-4][qQhH]|{_ORDINAL}|(?:{_MONTHS})\b\.?)(?:,? of|,)? ?(?:FY ?)?{_YEAR}"
    rf"|\b[qQhH][1-4]\b|\b{_ORDINAL}\b|第[一二三四1-4]季度|(?<![第\d])[一二三四]季度|上半年|下半年"
    r"|去年|今年|前年|明年|上一?年度?|本年度?|上个?季度|本季度|上个?月|本月|\b(?:last|this|next|previous) "
    r"(?:year|quarter|month)\b"
    r"|(?<![\d第])(?:1[0-2]|[1-9]) ?月份?(?! ?\d)",
    re.IGNORECASE,
)
_YEAR_OF: Final = re.compile(r"(?:19|20)\d\d")
_RELATIVE: Final = {
    "前年": 3000, "去年": 3001, "上年": 3001, "今年": 3002, "本年": 3002, "明年": 3003,
    "last year": 3001, "previous year": 3001, "this year": 3002, "next year": 3003,
}  # fmt: skip
_MONTH_OF: Final = re.compile(r"(1[0-2]|(?<!\d)[1-9]) ?月")
_PARTS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[一1]季度|上半年|[qh]1|1[qh]|first|上个?季|上个?月|last|jan",
        r"[二2]季度|下半年|[qh]2|2[qh]|second|本季|本月|this|feb",
        r"[三3]季度|q3|3q|third|next|mar",
        r"[四4]季度|q4|4q|fourth|apr",
        *("may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    )
)


@dataclass(frozen=True, slots=True)
class Period:
    text: str
    start: int
    end: int

    @property
    def year(self) -> int | None:
        """As written; of "last year" a year that is before this one's, of "Q2" none."""
        match = _YEAR_OF.search(self.text)
        return int(match[0]) if match else _RELATIVE.get(_bare(self.text))

    @property
    def order(self) -> tuple[int, int]:
        """(year, part of the year): periods of one kind are in order by it."""
        part = next((n for n, pattern in enumerate(_PARTS, start=1) if pattern.search(self.text)), 0)
        month = _MONTH_OF.search(self.text)
        return self.year or 0, int(month[1]) if month else part


def plain(text: str) -> str:
    """Of plain width, one space where there are several, cut at ``MAX_CHARACTERS``; the input of all below."""
    return " ".join(unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).split())[:MAX_CHARACTERS]


def periods(text: str) -> list[Period]:
    """In their order. ``text`` is ``plain``."""
    found = (Period(match[0].strip(" ,."), match.start(), match.end()) for match in _PERIOD.finditer(text))
    return [period for period in found if not _counts(text, period)]


def _counts(text: str, period: Period) -> bool:
    """Whether what looks like a period is an amount: "2000 元", "3 月租金"."""
    if not period.text.isdecimal():
        return False
    return _COUNTS.match(text, period.end) is not None


def _bare(text: str) -> str:
    return text.lower().replace("年度", "年").replace("上一年", "上年")
