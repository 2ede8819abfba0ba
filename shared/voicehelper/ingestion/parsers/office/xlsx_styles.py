"""Formats stored numbers as the sheet shows them: dates, times, percentages, and no floating-point noise.

Entry: ``NumberFormats.render``, called by ``xlsx`` for each numeric cell.
"""

from __future__ import annotations

import datetime as dt
import math
import re

from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, children, number

_BUILT_IN_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58})
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56})
_BUILT_IN_PERCENT = {9: "0%", 10: "0.00%"}
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\[\]]*\]|_.')
_DATE, _TIME = re.compile("[yd]|mmm"), re.compile("[hs]")
_MAX_CODE_LENGTH = 255  # of a format, as in Excel


class NumberFormats:
    def __init__(self, styles: Element | None) -> None:
        """``styles`` is the root of xl/styles.xml; without it every number is plain."""
        custom: dict[int, str] = {}
        self._formats: list[tuple[int, str]] = []
        for item in children(child(styles, "numFmts"), "numFmt"):
            custom[number(attribute(item, "numFmtId"))] = (attribute(item, "formatCode") or "")[:_MAX_CODE_LENGTH]
        for item in children(child(styles, "cellXfs"), "xf"):
            code = number(attribute(item, "numFmtId"))
            self._formats.append((code, custom.get(code, _BUILT_IN_PERCENT.get(code, ""))))

    def render(self, text: str, style: int, *, is_1904: bool) -> str:
        """``text`` is the stored value, ``style`` the index of its format; what is no number stays as it is."""
        try:
            value = float(text)
        except ValueError:
            return text
        if not math.isfinite(value):
            return text
        built_in, code = self._formats[style] if style < len(self._formats) else (0, "")
        pattern = _LITERAL.sub("", code.split(";")[0]).lower()
        has_date = built_in in _BUILT_IN_DATES or bool(_DATE.search(pattern))
        has_time = built_in in _BUILT_IN_TIMES or built_in == 22 or bool(_TIME.search(pattern))
        if has_date or has_time:
            return _moment(value, has_date=has_date, is_1904=is_1904) or _plain(value)
        if "%" in pattern:
            return f"{_plain(round(value * 100, 6))}%"
        return _plain(value)


def _moment(value: float, *, has_date: bool, is_1904: bool) -> str | None:
    """``value`` is days since 1899-12-30, which allows for Excel's nonexistent 29 February 1900, or since 1904."""
    if not 0 <= value < 2_958_466:
        return None
    start = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 — sheets have no time zones
    moment = start + dt.timedelta(seconds=round(value * 86_400))
    clock = f"{moment:%H:%M:%S}".removesuffix(":00")
    if not has_date:
        return clock
    return f"{moment:%Y-%m-%d}" if value == int(value) else f"{moment:%Y-%m-%d} {clock}"


def _plain(value: float) -> str:
    """Fifteen significant digits, as many as Excel stores."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"
