"""Texts of a column → values for SQL: numbers as REAL, dates as ISO text; ``columns`` is the entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from voicehelper.agents.tools.tables.rows import Table

Value = float | str | None
Kind = Literal["REAL", "TEXT"]

_NUMBER: Final = re.compile(
    r"(?P<open>\()?(?P<sign>[-+−])?[$€£¥￥]?(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,15})(?P<places>\.[0-9]{1,15})?"
    r" ?(?P<unit>%|‰|元|[A-Z]{3})?\)?"
)
_DATE: Final = re.compile(
    r"([12][0-9]{3})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?"
)
_BLANKS: Final = frozenset({"", "-", "--", "—", "–", "/", "n/a", "na", "none", "null", "nil", "无", "暂无", "空"})
_MOSTLY: Final = 0.9  # of a column's values are numbers, and the others stay texts
_DIVISORS: Final = {"%": 100, "‰": 1000}
_MAX_TEXT_CHARS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is unique in its table, whatever the case of its letters."""

    name: str
    kind: Kind
    values: list[Value]


def columns(table: Table) -> list[Column]:
    names = _unique(table.names)
    return [
        _column(name, [row.get(key, "") for row in table.rows]) for key, name in zip(table.names, names, strict=True)
    ]


def _unique(names: Sequence[str]) -> list[str]:
    """SQLite knows no case in names."""
    taken: set[str] = set()
    unique = []
    for name in names:
        clean = " ".join(name.replace('"', "").split()) or "column"
        candidate, number = clean, 2
        while candidate.casefold() in taken:
            candidate, number = f"{clean} {number}", number + 1
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique


def _column(name: str, texts: list[str]) -> Column:
    filled = [text for text in texts if text.strip().lower() not in _BLANKS]
    if filled and sum(number(text) is not None for text in filled) >= _MOSTLY * len(filled):
        return Column(name, "REAL", [_value(text, number) for text in texts])
    dates = bool(filled) and all(date(text) for text in filled)
    return Column(name, "TEXT", [_value(text, date if dates else lambda _: None) for text in texts])


def _value(text: str, read: Callable[[str], Value]) -> Value:
    if text.strip().lower() in _BLANKS:
        return None
    value = read(text)
    return text[:_MAX_TEXT_CHARS] if value is None else value


def number(text: str) -> float | None:
    """1200.5 of "1,200.50 元", 0.12 of "12%", -300 of "(300)"; None for codes such as "00123" and for texts."""
    match = _NUMBER.fullmatch(text.strip())
    if not match or bool(match["open"]) != text.strip().endswith(")"):
        return None
    digits = match["digits"].replace(",", "")
    if (len(digits) > 1 and digits[0] == "0") or len(digits) > 15:
        return None
    value = float(digits + (match["places"] or "")) / _DIVISORS.get(match["unit"] or "", 1)
    return -value if match["open"] or match["sign"] in ("-", "−") else value


def date(text: str) -> str | None:
    """ "2024-03-05", "2024-03" or "2024-03-05 09:30" of the usual ways to write it; None for other texts."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        return None
    year, month, day, time = match.groups()
    if not 1 <= int(month) <= 12 or (day and not 1 <= int(day) <= 31):
        return None
    parts = f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
    return parts if not time or time.startswith("00:00") else f"{parts} {time}"
