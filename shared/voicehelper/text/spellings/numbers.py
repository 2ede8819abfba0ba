"""Numbers with separators, scales, units and currencies: "1,250,000" is "125万", "40kg" is "40 kilograms"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from voicehelper.text.spellings.codes import TELEPHONE_DIGITS
from voicehelper.text.spellings.numerals import HAN, han_number
from voicehelper.text.spellings.spelling import Reader, Spelling, spelled

_SCALES: Final = {
    "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "mio": 6, "mrd": 9, "bn": 9, "百万": 6, "千万": 7,
    "万亿": 12, "万": 4, "亿": 8, "千": 3,
}  # fmt: skip
_UNITS: Final = {
    name: unit
    for unit, names in {
        "kg": "kg kilograms kilogram kilos kilo 公斤 千克",
        "g": "g grams gram 克",
        "mg": "mg 毫克",
        "t": "tonnes tonne tons ton 吨",
        "lb": "lb lbs pounds",
        "km": "km kilometres kilometers kilometre kilometer 公里 千米",
        "m": "m metres meters metre meter 米",
        "cm": "cm centimetres centimeters 厘米",
        "mm": "mm millimetres millimeters 毫米",
        "l": "l litres liters litre liter 升",
        "ml": "ml millilitres milliliters 毫升",
        "v": "v volts volt 伏 伏特",
        "kv": "kv 千伏",
        "w": "w watts watt 瓦 瓦特",
        "kw": "kw kilowatts kilowatt 千瓦",
        "mw": "mw 兆瓦",
        "a": "amps amp amperes ampere 安培",
        "ma": "ma",
        "mah": "mah 毫安时",
        "kwh": "kwh 千瓦时",
        "hz": "hz hertz 赫兹 赫",
        "khz": "khz",
        "mhz": "mhz 兆赫",
        "ghz": "ghz",
        "kb": "kb kilobytes",
        "mb": "mb megabytes megabyte",
        "gb": "gb gigabytes gigabyte g内存",
        "tb": "tb terabytes terabyte",
        "bar": "bar 巴",
        "pa": "pa pascal 帕",
        "kpa": "kpa 千帕",
        "mpa": "mpa 兆帕",
        "psi": "psi",
        "db": "db decibels decibel 分贝",
        "°c": "°c ℃ celsius 摄氏度",
        "%": "% percent per cent 个百分点",
        "eur": "eur euros euro € 欧元",
        "usd": "usd dollars dollar $ 美元",
        "gbp": "gbp £ 英镑",
        "cny": "cny rmb yuan ¥ 元 人民币",
    }.items()
    for name in names.split()
}


def _any_of(names: dict[str, object] | dict[str, int] | dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_TELEPHONE: Final = 10  # digits without separators
_CURRENCY: Final = {"$": "usd", "€": "eur", "£": "gbp", "¥": "cny"}
_SCALE: Final = _any_of(_SCALES).replace("千", "千(?![克米瓦伏帕])")  # 千克 is a unit
_DIGITS: Final = r"\d{1,3}(?:[ ,.'’]\d{3})+(?![\d])(?:[.,]\d{1,6}(?!\d))?|\d{1,15}(?:[.,]\d{1,8}(?![\d]|[.,]\d))?"
_PARTS: Final = re.compile(
    rf"(?P<currency>[$€£¥])? ?(?P<digits>{_DIGITS}) ?-?(?P<scale>{_SCALE})? ?(?P<unit>{_any_of(_UNITS)})?"
)
_COUNTED: Final = "个名位台件条章节款项层楼号页步次种类元块倍年月日天周小时分秒岁人米克吨公千"


def _read_number(match: re.Match[str]) -> Spelling | None:
    text = match.group()
    if text.isascii() and text.isdecimal() and len(text) < _TELEPHONE and text[0] != "0":  # most numbers of most texts
        return spelled(match, (text,), (text,))
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return None
    scale = _SCALES.get(parts["scale"] or "", 0)
    if not scale and len(parts["digits"]) >= _TELEPHONE and parts["digits"].isdecimal():
        return spelled(match, (parts["digits"], parts["digits"][-TELEPHONE_DIGITS:]), (parts["digits"],))
    values = tuple(_shown(value.scaleb(scale)) for value in _values(parts["digits"]))
    unit = _UNITS.get(parts["unit"] or "", "") or _CURRENCY.get(parts["currency"] or "", "")
    with_unit = tuple(f"{value}{unit}" for value in values) if unit else ()
    return spelled(match, (*values, *with_unit), values, *([with_unit] if unit else []))


def _values(digits: str) -> list[Decimal]:
    """Of "98.500", which is 98,500 or 98.5, both."""
    groups = re.split(r"[ ,.'’]", digits)
    separators = re.findall(r"[ ,.'’]", digits)
    if not separators:
        return [Decimal(digits)]
    whole, last = "".join(groups[:-1]), groups[-1]
    is_grouped = all(len(group) == 3 for group in groups[1:]) and len(set(separators)) == 1 and groups[0] != "0"
    decimal = Decimal(f"{whole}.{last}")
    if is_grouped:
        grouped = Decimal("".join(groups))
        return [grouped, decimal] if len(separators) == 1 and separators[0] in ",." else [grouped]
    return [decimal]


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _read_percent(match: re.Match[str]) -> Spelling:
    number = str(han_number(re.sub(r"^百分之", "", match.group())))
    return spelled(match, (number, f"{number}%"), (number,), (f"{number}%",))


def _read_han(match: re.Match[str]) -> Spelling | None:
    """ "三个" is also "3个"; a single 一 counts nothing in most words."""
    number = str(han_number(match.group()))
    return None if match.group() == "一" else spelled(match, (number,), (number,))


PATTERNS: Final[dict[str, tuple[str, Reader]]] = {
    "number": (
        rf"[$€£¥]? ?(?:{_DIGITS})(?:(?: ?-?(?:{_SCALE}))?(?: ?(?:{_any_of(_UNITS)}))(?![a-z0-9])"
        rf"| ?(?:{_SCALE})(?![a-z])|(?![a-z0-9]))",
        _read_number,
    ),
    "percent": (rf"百分之[{HAN}]{{1,5}}", _read_percent),
    "han_number": (rf"[{HAN}][{HAN}万亿]{{0,11}}(?=[{_COUNTED}])", _read_han),
}  # fmt: skip
