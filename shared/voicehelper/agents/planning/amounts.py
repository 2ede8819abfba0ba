"""Amounts of a text in their order: number, scale, unit and place.

``amounts`` is the entry; planning reads tasks by it, and observations for the values they hold.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicehelper.agents.planning.periods import periods
from voicehelper.answering.quantities import quantities
from voicehelper.text.spellings.numerals import ENGLISH, HAN, ONES, TENS, han_number

CURRENCIES: Final = frozenset(["dollar", "yuan", "euro", "pound"])
_SCALES: Final = {
    "万亿": 12, "亿": 8, "千万": 7, "百万": 6, "万": 4, "千": 3, "thousand": 3, "million": 6, "billion": 9,
    "trillion": 12, "bn": 9, "mn": 6, "k": 3, "m": 6, "b": 9,
}  # fmt: skip
_SIGNS: Final = {"$": "dollar", "¥": "yuan", "€": "euro", "£": "pound"}
# Names beside those of ``answering.quantities``, and what several of them count alike.
_OTHER_UNITS = {
    name: unit
    for unit, names in {
        "yuan": "块 块钱 元钱 人民币 元人民币",
        "pound": "英镑 pound gbp",
        "percent": "％ percentage percentage-point",
        "person": "人 名 位 个人 人次 people person persons employee staff colleague traveller traveler guest attendee "
        "participant member worker head engineer student 员工 名员工 个员工 位同事",
        "day": "个工作日 工作日 working-day",
        "night": "晚 夜 night",
        "kilometre": "千米 kilometer kilometre",
        "hour": "钟头 个钟头",
        "quarter": "个季度 季度 quarter",
        "tonne": "吨 ton tonne",
        "litre": "升 litre liter l",
        "mile": "mile 英里",
        "piece": "件 个 piece",
    }.items()
    for name in names.split()
}
_OTHER_UNITS |= {
    "of us": "person", "of them": "person", "of you": "person", "yearly": "year", "annually": "year",
    "monthly": "month",
    "weekly": "week", "daily": "day", "年薪": "year", "月薪": "month", "日薪": "day", "周薪": "week", "年租": "year",
}  # fmt: skip
_ZH_UNITS: Final = (
    "人民币 元人民币 元钱 块钱 美元 欧元 英镑 元 块 个百分点 百分点 % 个工作日 工作日 个小时 小时 "
    "个钟头 钟头 分钟 秒钟 秒 "
    "个季度 季度 个月 月 个星期 星期 周 天 日 晚 夜 年 公里 千米 英里 公斤 千克 平方米 平米 立方米 "
    "毫米 厘米 米 吨 克 升 "
    "毫升 人次 名员工 个员工 位同事 员工 个人 人 名 位 个 件 台 份 张 套 本 支 只 辆 间 箱 盒 包 瓶 "
    "斤 袋 页 票 次 部 把 "
    "条 项 户 桶 卷 株 头 场 堂 课时 节 房间 字 瓦 千瓦 度 倍 折"
)
_NO_UNITS_TEXT: Final = """
    a an and are as at be by each every for from has have if in into is it more most no of off on or our over
    per plus minus times divided multiplied than that the them there these they this those to up was were what
    which who will with would how much many total altogether we you i do does did can percent year month
    compared versus vs less fewer but so then when while out down only about after before between until since
    via us its their
"""
_NO_UNITS: Final = frozenset(_NO_UNITS_TEXT.split())


def _any_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_ENGLISH: Final = rf"\b(?:(?:{_any_of(TENS)})(?:[- ](?:{_any_of(ONES[1:10])}))?|{_any_of(ONES)})\b"
_WORD_SCALES: Final = "thousand|million|billion|trillion|bn|mn"
_AMOUNT: Final = re.compile(
    r"(?<![A-Za-z\d.])(?P<sign>[$¥€£])? ?(?P<per>百分之)?"
    rf"(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})++(?:\.\d++)?|\d{{1,24}}(?:\.\d{{1,12}})?)(?![\d:])|(?P<english>{_ENGLISH})"
    rf"|(?P<han>[{HAN}][{HAN}万亿]{{0,11}}(?=个|{_any_of(_ZH_UNITS.split())}|$)|(?<=百分之)[{HAN}]{{1,5}}))"
    rf"(?: ?(?P<scale>万亿|亿|千万|百万|万|千(?![克米瓦])|(?:{_WORD_SCALES})\b|[kKmMbB]\b))?"
    rf"(?:[ -]?(?P<unit>{_any_of(_ZH_UNITS.split())}|%|°C|of (?:us|them|you)\b|[A-Za-z]{{1,20}}\b))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """``number`` is in ``unit`` itself: of "1.2 亿元" it is 120000000. ``scale`` is the power of ten that was written.

    ``unit`` is one name for all its spellings, the word as it stands (singular) for what has none, or "". ``text`` is
    ``[start:end]`` of the text.
    """

    number: Decimal
    unit: str
    scale: int
    text: str
    start: int
    end: int

    @property
    def is_money(self) -> bool:
        return self.unit in CURRENCIES

    @property
    def is_percent(self) -> bool:
        return self.unit == "percent"


def amounts(text: str) -> list[Amount]:
    """In their order, without years and other periods. ``text`` is ``plain``."""
    taken = frozenset(place for period in periods(text) for place in range(period.start, period.end))
    found = (_amount(match) for match in _AMOUNT.finditer(text))
    return [amount for amount in found if amount and amount.start not in taken]


def unit_of(word: str) -> str:
    """One name for all spellings of a unit; the word in lower case and singular where it is none."""
    return _unit_of(word.strip().lower())


def decimal_text(number: Decimal) -> str:
    """Without exponent and zeros that do not count."""
    shown = f"{number:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


@functools.lru_cache(maxsize=1024)
def _unit_of(word: str) -> str:
    singular = _singular(word)
    if known := _OTHER_UNITS.get(word) or _OTHER_UNITS.get(singular):
        return known
    stated = [quantity.unit for quantity in quantities(f"1 {word}") if quantity.value == "1"]
    return stated[0] if stated and stated[0] not in ("", "code") else singular


def _singular(word: str) -> str:
    if not word.isascii() or len(word) < 4 or word.endswith(("ss", "us")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _amount(match: re.Match[str]) -> Amount | None:
    unit, end = match["unit"] or "", match.end()
    if unit.lower() in _NO_UNITS and unit.lower() not in ("percent", "year", "month"):
        unit, end = "", match.start("unit")
    if match["han"] == "零":
        return None  # 零件 are parts
    if match["english"] and not unit and not match["scale"]:
        return None  # "one of them"
    scale = match["scale"] or ""
    if scale.lower() in ("m", "b") and not match["sign"]:
        unit, scale = scale, ""  # metres
    number = _number(match)
    power = _SCALES.get(scale.lower(), 0)
    name = "percent" if match["per"] else unit_of(unit) if unit else _SIGNS.get(match["sign"] or "", "")
    name = _SIGNS.get(match["sign"] or "", name)
    text = match.string[match.start() : end].strip(" -")
    start = match.start() + (len(match[0]) - len(match[0].lstrip()))
    return Amount(number.scaleb(power), name, power, text, start, start + len(text))


def _number(match: re.Match[str]) -> Decimal:
    if digits := match["digits"]:
        return Decimal(digits.replace(",", ""))
    if english := match["english"]:
        return Decimal(sum(ENGLISH[part] for part in re.split(r"[- ]", english.lower())))
    return Decimal(han_number(match["han"]))
