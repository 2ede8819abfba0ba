"""Prices and rates of a text, and what they come to: times counts, with discounts, taxes and fees.

``priced``, ``rates``, ``converted`` and ``yearly`` are the entries; ``word_problems`` is the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from voicehelper.agents.planning.amounts import Amount, decimal_text, unit_of
from voicehelper.text.spellings.numerals import HAN_DIGITS, han_number

_BEFORE: Final = 24  # characters before an amount in which what it is for may stand
_EACH_ZH: Final = re.compile(
    r"每 ?(个?小时|分钟|秒钟?|个?月|季度|"
    r"[人个名位天日晚夜周年件台份张套本支只辆间箱盒包瓶斤吨克升页票次部米公][里斤]?|平方米|立方米)"
)
_FOR_ONE: Final = re.compile(
    r"单价|人均|票价|均价|一(?:[个张件台份套本支只间箱盒包瓶次]).{0,4}$|[时日周月年](?:薪|租|费|速)|"
    r"\beach\b|\bevery\b|\brate\b",
    re.IGNORECASE,
)
_SHORT_RATES: Final = {"时": "hour", "日": "day", "周": "week", "月": "month", "年": "year"}
_NAMED_RATE: Final = re.compile(r"([时日周月年])(?:薪|租|费|速)")
_AFTER: Final = re.compile(
    r"^ ?(?:(?:/ ?|per |an? |each |every |for (?:each|every|one) |(?:is )?charged per )([A-Za-z]{1,16}|"
    r"[人天日晚月年次件台份张小时个公里]{1,3})|每 ?([一-龥]{1,2})|一(个|[张件台份套本支只])"
    r"|(each|apiece|a piece|hourly|daily|monthly|yearly|annually|weekly)\b)",
    re.IGNORECASE,
)
_MORE: Final = re.compile(
    r"^ ?(?:/ ?|per |an? |each |每 ?)([A-Za-z]{1,16}|[人天日晚月年次件小时个]{1,2})", re.IGNORECASE
)
_ADVERBS: Final = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
    "annually": "year",
}
_ZHE: Final = re.compile(rf"(?<![\d.])(\d{{1,2}}(?:\.\d)?|[{''.join(HAN_DIGITS)}]{{1,2}}) ?折")
_LESS: Final = re.compile(r"折扣|优惠|便宜|立减|降价|减免|\b(?:discount|off|rebate|reduction)\b", re.IGNORECASE)
_ON_TOP: Final = re.compile(
    r"税|服务费|上浮|加价|小费|\b(?:tax|vat|gst|tip|surcharge|service|markup|gratuity)\b", re.IGNORECASE
)
_FEE: Final = re.compile(
    r"运费|配送费|快递费|手续费|押金|另加|外加|再加|服务费|安装费|起步|固定费|\b(?:plus|delivery|"
    r"shipping|fee|deposit|handling|"
    r"set-?up|booking|flat|fixed|installation)\b",
    re.IGNORECASE,
)
_CUT: Final = re.compile(r"再减|立减|减去|抵扣|抵用|优惠券|代金券|\b(?:coupon|voucher|credit|minus)\b", re.IGNORECASE)
_EXCESS: Final = re.compile(r"超出|超过|多出|\b(?:excess|over|extra)\b", re.IGNORECASE)
_BORDER: Final = re.compile(r"[，,;；。、!?:]|\band\b|\bplus\b|和|以及|加上|另加|外加")
# (smaller unit, larger unit, how many of the smaller one)
_CONVERSIONS: Final = (
    ("second", "minute", 60), ("second", "hour", 3600), ("hour", "day", 24), ("minute", "day", 1440),
     ("minute", "hour", 60), ("day", "week", 7), ("month", "year", 12),
    ("month", "quarter", 3),
    ("week", "year", 52), ("day", "year", 365), ("quarter", "year", 4),
    ("gram", "kilogram", 1000), ("metre", "kilometre", 1000),
)  # fmt: skip
_CLOCK: Final = frozenset([("hour", "day"), ("minute", "day")])
_TIMES: Final = frozenset(["second", "minute", "hour", "day", "week", "month", "quarter", "year"])


@dataclass(frozen=True, slots=True)
class Rate:
    """An amount with what it is for: "per person per day" is ("person", "day")."""

    amount: Amount
    per: tuple[str, ...]


def rates(text: str, found: Sequence[Amount]) -> list[Rate]:
    """All of ``found`` in their order; ``per`` is empty for a plain amount, ("",) where one of something is meant."""
    starts = [0, *(amount.end for amount in found)]
    return [Rate(amount, _per(text, amount, starts)) for amount in found]


def _per(text: str, amount: Amount, starts: Sequence[int]) -> tuple[str, ...]:
    begin = max(start for start in starts if start <= amount.start)
    before, after = text[max(begin, amount.start - _BEFORE) : amount.start], text[amount.end : amount.end + _BEFORE]
    clause = re.split(r"[，,;；。:?？]|\bplus\b|\band\b", before)[-1]
    named = [unit_of(name) for name in _EACH_ZH.findall(clause)]
    named += [_SHORT_RATES[name] for name in _NAMED_RATE.findall(clause)]
    named += _following(after)
    if named:
        return tuple(dict.fromkeys(named))
    return ("",) if _FOR_ONE.search(clause) else ()


def _following(after: str) -> Iterator[str]:
    if match := _AFTER.match(after):
        name = next(filter(None, match.groups()), "")
        yield _ADVERBS.get(name.lower(), "" if name.lower() in ("each", "apiece", "a piece") else unit_of(name))
        if more := _MORE.match(after[match.end() :]):
            yield unit_of(more[1])


def priced(text: str, found: Sequence[Amount]) -> tuple[str, str] | None:
    """(expression, unit): prices times counts, discounts, taxes and fees; None where there is no price, or no way."""
    plain, shares = [a for a in found if not a.is_percent and a.unit != "折"], [a for a in found if a.is_percent]
    stated = rates(text, plain)
    money = [rate for rate in stated if rate.amount.is_money] or [rate for rate in stated if rate.per]
    fees = [rate for rate in money if _is_sum(text, rate, found, _FEE)] if len(money) > 1 else []
    cuts = [rate for rate in money if _is_sum(text, rate, found, _CUT)] if len(money) > 1 else []
    prices = [rate for rate in money if rate not in (*fees, *cuts)]
    counts = _beyond(text, [rate for rate in stated if rate not in money])
    units = {rate.amount.unit for rate in money}
    factor = _factors(text, shares)
    if not prices or len(units) > 1 or factor is None or not (counts or factor or cuts):
        return None
    base = _base(text, prices, counts)
    if base is None:
        return None
    base = f"({base})" if "+" in base and factor else base
    total = " + ".join([f"{base}{factor}", *(_figure(rate.amount) for rate in fees)])
    return " - ".join([total, *(_figure(rate.amount) for rate in cuts)]), units.pop()


def _base(text: str, prices: Sequence[Rate], counts: Sequence[Rate]) -> str | None:
    if len(prices) == 1:
        return _product(prices[0], counts)
    groups = _groups(text, prices, counts)
    return " + ".join(_product(price, own) for price, own in groups) if groups else None


def _groups(text: str, prices: Sequence[Rate], counts: Sequence[Rate]) -> list[tuple[Rate, list[Rate]]] | None:
    """Each price with the counts nearest to it: "3 pens at $2 and 5 books at $30"; None where a price has none."""
    own: list[list[Rate]] = [[] for _ in prices]
    for count in counts:
        own[min(range(len(prices)), key=lambda at: _distance(text, count.amount, prices[at].amount))].append(count)
    return list(zip(prices, own, strict=True)) if all(own) else None


def _distance(text: str, one: Amount, other: Amount) -> tuple[int, int]:
    """(borders of clauses between, characters between)."""
    between = text[one.end : other.start] if one.end <= other.start else text[other.end : one.start]
    return len(_BORDER.findall(between)), len(between)


def _product(price: Rate, counts: Sequence[Rate]) -> str:
    per = {unit for rate in (price, *counts) for unit in rate.per}
    counted = [count for count in counts if count.amount.number != 1]
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for count in counted:
        shown = _figure(count.amount) + _conversion(count.amount.unit, per)
        alike.setdefault((count.amount.unit, count.per), []).append(shown)
    factors = [f"({' + '.join(same)})" if len(same) > 1 else same[0] for same in alike.values()]
    return " * ".join([_figure(price.amount), *factors])


def _conversion(unit: str, per: set[str], *, every: bool = False) -> str:
    """From the unit of a count to that of the rate: 90 minutes at a price per hour are 90 / 60.

    A day of work has not 24 hours, so that only ``every`` conversion is one of days and hours.
    """
    if unit in per or (unit not in _TIMES and not every):
        return ""
    for small, large, many in _CONVERSIONS:
        if (small, large) in _CLOCK and not every:
            continue
        if unit == small and large in per:
            return f" / {many}"
        if unit == large and small in per:
            return f" * {many}"
    return ""


def converted(amount: Amount, unit: str) -> str | None:
    """A quantity of one unit in another; None where they measure different things."""
    factor = _conversion(amount.unit, {unit}, every=True)
    return f"{_figure(amount)}{factor}" if factor else None


def yearly(rate: Rate, unit: str) -> str | None:
    """A sum per month as one per year."""
    factor = next((many for small, large, many in _CONVERSIONS if (small, large) == (rate.per[0], unit)), None)
    back = next((many for small, large, many in _CONVERSIONS if (large, small) == (rate.per[0], unit)), None)
    if factor:
        return f"{_figure(rate.amount)} * {factor}"
    return f"{_figure(rate.amount)} / {back}" if back else None


def _factors(text: str, shares: Sequence[Amount]) -> str | None:
    """What discounts and taxes multiply by; None for more than it can read."""
    factors = []
    for match in _ZHE.finditer(text):
        digits = match[1] if match[1][0].isascii() else str(han_number(match[1]))
        share = Decimal(digits) / (100 if len(digits) == 2 else 10)
        factors.append(f" * {decimal_text(share)}")
    for amount in shares:
        around = _around(text, amount)
        sign = "-" if _LESS.search(around) else "+" if _ON_TOP.search(around) else ""
        factors.append(f" * (1 {sign} {_figure(amount)} / 100)" if sign else f" * {_figure(amount)} / 100")
    return "".join(factors) if len(factors) <= 3 else None


def _around(text: str, amount: Amount) -> str:
    before = re.split(r"[，,;；。]", text[max(0, amount.start - _BEFORE) : amount.start])[-1]
    return before + " " + re.split(r"[，,;；。]", text[amount.end : amount.end + _BEFORE])[0]


def _beyond(text: str, counts: Sequence[Rate]) -> list[Rate]:
    """Where a price is for what exceeds something, that alone counts."""
    excess = [c for c in counts if _EXCESS.search(text[max(0, c.amount.start - 6) : c.amount.start])]
    units = {count.amount.unit for count in excess}
    return [count for count in counts if count in excess or count.amount.unit not in units]


def _is_sum(text: str, rate: Rate, found: Sequence[Amount], named: re.Pattern[str]) -> bool:
    """A sum of its own, whatever the counts are."""
    if rate.per:
        return False
    begin = max((amount.end for amount in found if amount.end <= rate.amount.start), default=0)
    before = text[max(begin, rate.amount.start - _BEFORE) : rate.amount.start]
    after = _BORDER.split(text[rate.amount.end : rate.amount.end + 16])[0]
    return named.search(before + after) is not None


def _figure(amount: Amount) -> str:
    return decimal_text(amount.number)
