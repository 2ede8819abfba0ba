"""Times of day: "2:30 pm", "14:30", "14.30 Uhr" and "下午两点半" are the same."""

from __future__ import annotations

import re
from typing import Final

from voicehelper.text.spellings.numerals import HAN, han_number
from voicehelper.text.spellings.spelling import Reader, Spelling, spelled

_HALF_DAY: Final = r"(?:a\.?m\b\.?|p\.?m\b\.?)"
_PART_OF_DAY: Final = "(?:上午|下午|早上|晚上|凌晨|中午|傍晚)"
_AFTERNOON: Final = re.compile("下午|晚上|傍晚|p")
_MORNING: Final = re.compile(r"a\.?m|凌晨|上午|早上")
_HAN_HOUR: Final = re.compile(rf"([\d{HAN}]{{1,3}}) ?[点时](?:(半)|([\d{HAN}]{{1,3}})分?)?")


def _read_digits(match: re.Match[str]) -> Spelling | None:
    hour, *minute = map(int, re.findall(r"\d+", match.group()))
    return _time(match, hour, minute[0] if minute else 0)


def _read_han(match: re.Match[str]) -> Spelling | None:
    read = _HAN_HOUR.search(match.group())
    if read is None:
        return None
    hour, half, minute = read.groups()
    return _time(match, han_number(hour), 30 if half else han_number(minute) if minute else 0)


def _time(match: re.Match[str], hour: int, minute: int) -> Spelling | None:
    if hour < 12 and _AFTERNOON.search(match.group()):
        hour += 12
    elif hour == 12 and _MORNING.search(match.group()):
        hour = 0
    if hour > 24 or minute > 59:
        return None
    name = f"{hour:02d}:{minute:02d}"
    return spelled(match, (name,), (name,))


PATTERNS: Final[dict[str, tuple[str, Reader]]] = {
    "clock": (
        rf"[0-2]?\d:[0-5]\d(?!:?\d)(?: ?{_HALF_DAY})?|[0-2]?\d(?:\.[0-5]\d)? ?(?:{_HALF_DAY}|uhr\b)",
        _read_digits,
    ),
    "han_clock": (
        rf"{_PART_OF_DAY}[\d{HAN}]{{1,3}} ?[点时](?:半|[\d{HAN}]{{1,3}}分?)?|\d{{1,2}} ?点(?:半|\d{{1,2}}分?)?(?!\d)",
        _read_han,
    ),
}
