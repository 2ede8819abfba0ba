"""Problems whose every quantity stands in the task: prices and counts, shares, what is left, change, travel, interest.

``word_problem`` is the entry; ``rules`` is the caller. The text is ``amounts.plain``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from voicehelper.agents.planning.amounts import Amount, amounts, decimal_text, unit_of
from voicehelper.agents.planning.drafts import Draft
from voicehelper.agents.planning.periods import Period, periods
from voicehelper.agents.planning.prices import converted, priced, rates, yearly

_ASKS: Final = re.compile(
    r"多少|百分之几|几[个天小时元件张年月周页次人折倍]|多[久长远快]|共[计需]?|合计|总[价共额计和]|"
    r"总费用|总成本|算|应付|需付|[涨跌降]幅|平均"
    r"|\bhow (?:much|many|long|far|fast|big)\b|\b(?:total|altogether|in all|bill|calculate|compute|split|divide|share|"
    r"work out|average|mean)\b|\bwhat(?: percent|'s| is| was|will| would| does| do| did| are| speed)\b|\bby what\b",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(
    r"百分之?[几多比]|百分点|[涨跌降增]幅|[率]|几成|\b(?:percent(?:age)?|per cent|%|rate)\b|what %", re.IGNORECASE
)
_CHANGE: Final = re.compile(
    r"增长|增加|上升|上涨|下降|下跌|减少|降低|提高|涨到|涨了|涨至|降到|降了|降至|[涨跌降增]幅|变化|"
    r"原价|现价|从.{1,20}[到至]"
    r"|\b(?:from|grow|grew|increase[sd]?|rose|rise|fell|fall|drop(?:ped)?|decrease[sd]?|chang(?:e|ed)|"
    r"declined?|went|up|down|"
    r"decline|growth|climb(?:ed)?|jump(?:ed)?|originally)\b",
    re.IGNORECASE,
)
_LEFT: Final = re.compile(
    r"还剩|剩余|剩下|余额|余下|还有多少|结余|找回|找零|\b(?:left|remain(?:s|ing)?|leftover|change do)\b", re.IGNORECASE
)
_SPLIT: Final = re.compile(
    r"平分|均分|平摊|分摊|分给|AA|(?:每[人个天件月年位名台间家]|人均|平均每[一-龥])(?:[^\d,;。]{0,10})(?:多少|几)"
    r"|\b(?:split|divide[d]?|shared?|evenly|equally)\b|\bhow much (?:does|do|will|would|is|should|"
    r"must) (?:each|every)\b"
    r"|\b(?:each|per (?:person|head|day|month|unit))\b[^\d]{0,20}\?|\bcost per \w",
    re.IGNORECASE,
)
_HOW_LONG: Final = re.compile(
    r"多久|多长时间|几个?[天小月周年]|多少[个]?[天小月周年]|要花?多少时间|\bhow (?:long|many (?:hours|"
    r"days|minutes|weeks|months|years))\b",
    re.IGNORECASE,
)
_SPEED: Final = re.compile(r"时速|速度|每小时.{0,6}多少|多快|\b(?:how fast|speed|per hour)\b", re.IGNORECASE)
_INTEREST: Final = re.compile(r"利息|利率|本息|复利|单利|\binterest\b|\bcompound", re.IGNORECASE)
_COMPOUND: Final = re.compile(r"复利|\bcompound", re.IGNORECASE)
_WITH_PRINCIPAL: Final = re.compile(
    r"本息|连本带利|本利|\b(?:worth|balance|in total|grow to|altogether|final)\b", re.IGNORECASE
)
_SUM: Final = re.compile(
    r"共|合计|总[价共额计和]|总费用|总成本|加起来|一起|\b(?:total|altogether|in all|sum|combined|together)\b",
    re.IGNORECASE,
)
_MEAN: Final = re.compile(r"平均|均值|\b(?:average|mean)\b", re.IGNORECASE)
_ANNUAL: Final = re.compile(r"年均|年化|复合|\b(?:annual|per year|a year|CAGR|compound|yearly)", re.IGNORECASE)
_BASE: Final = re.compile(
    r"(?:比|相比|较|than|compared (?:to|with)|versus|vs\.?|原价|原来|originally|up from|down from|"
    r"was)\W{0,3}[^\d,]{0,12}$",
    re.IGNORECASE,
)
_TIMES: Final = frozenset(["second", "minute", "hour", "day", "week", "month", "quarter", "year"])
_SIZES: Final = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_OTHER_UNIT: Final = re.compile(
    r"(?:是|等于|合|有|相当于)(?:多少|几)个?(秒|分钟|小时|天|周|月|年|克|米|公里|公斤)|([年月日周]薪|"
    r"年租)|(?:一|每|全)个?(年|月|天|周|季度)(?:的|是|要|共|总|能|多少|挣|赚|多)"
    r"|\bhow many (seconds|minutes|hours|days|weeks|months|years|grams|metres|kilometres|kilograms)\b"
    r"|\b(?:per|a|an|each|every|in) (year|month|week|day|hour|quarter)\b(?=\W*$)|\b(yearly|annually|"
    r"monthly|weekly|daily)\b(?=\W*$)",
    re.IGNORECASE,
)
_FIT: Final = re.compile(
    r"\bhow many\b.{0,60}\b(?:fit|in|into)\b|可以[上开做安排].{0,6}几|能[上开做安排].{0,6}几", re.IGNORECASE
)
_THRESHOLD: Final = re.compile(
    r" ?(?:及?以[上下内外]|起(?!步)|or (?:more|fewer|less|above|over)\b|and (?:above|over)\b)", re.IGNORECASE
)
_MONEY: Final = re.compile(
    r"多少钱|多少元|什么价|\bhow much (?:money|do|does|will|would)\b.{0,80}\b(?:cost|pay)", re.IGNORECASE
)
Rule = Callable[[str, Sequence[Amount]], Draft | None]


def word_problem(text: str) -> Draft | None:
    """None where nothing is to be computed, or not everything is known."""
    found = [amount for amount in amounts(text) if not _THRESHOLD.match(text, amount.end)]
    if not found or not _ASKS.search(text):
        return None
    if len(found) == 1:
        return _converted(text, found[0]) or _priced(text, found)
    rules: Sequence[Rule] = (_sessions, _interest, _left, _change, _travel, _split, _bought, _priced, _added)
    return next((draft for rule in rules if (draft := rule(text, found))), None)


def _draft(expression: str, unit: str = "") -> Draft:
    return Draft("word_problem", expression=expression, unit=unit)


def _converted(text: str, amount: Amount) -> Draft | None:
    """Hours as minutes, a salary per month as one per year."""
    [rate] = rates(text, [amount])
    if found := list(_OTHER_UNIT.finditer(text)):
        unit = unit_of(next(filter(None, found[-1].groups())))
        expression = yearly(rate, unit) if amount.is_money and rate.per else converted(amount, unit)
        return _draft(expression, amount.unit if amount.is_money else unit) if expression else None
    return None


def _sessions(text: str, found: Sequence[Amount]) -> Draft | None:
    """How many times a length of time fits into another."""
    if len(found) != 2 or not _FIT.search(text) or any(amount.unit not in _TIMES for amount in found):
        return None
    part, whole = sorted(found, key=lambda amount: _SIZES.index(amount.unit))
    same = figure(whole) if whole.unit == part.unit else converted(whole, part.unit)
    return _draft(f"{same} // {figure(part)}") if same and part.number else None


def _interest(text: str, found: Sequence[Amount]) -> Draft | None:
    money = [amount for amount in found if amount.is_money]
    rate = [amount for amount in found if amount.is_percent]
    if not _INTEREST.search(text) or len(money) != 1 or len(rate) != 1:
        return None
    spans = [amount for amount in found if amount.unit in ("year", "month")]
    years = _years(spans[0]) if spans else "1"
    principal, share = figure(money[0]), f"{figure(rate[0])} / 100"
    grown = f"{principal} * (1 + {share}) ** {years}" if _COMPOUND.search(text) else f"{principal} * {share} * {years}"
    if _COMPOUND.search(text):
        return _draft(grown if _WITH_PRINCIPAL.search(text) else f"{grown} - {principal}", money[0].unit)
    return _draft(f"{principal} + {grown}" if _WITH_PRINCIPAL.search(text) else grown, money[0].unit)


def _years(span: Amount) -> str:
    return figure(span) if span.unit == "year" else f"({figure(span)} / 12)"


def _left(text: str, found: Sequence[Amount]) -> Draft | None:
    """What was there, without what was taken: amounts, or prices times counts."""
    whole, *taken = found
    if not _LEFT.search(text) or not taken:
        return None
    if all(amount.unit in (whole.unit, "") for amount in taken):
        return _draft(" - ".join(map(figure, found)), whole.unit)
    parts = priced(text, taken)
    return _draft(f"{figure(whole)} - {_bracketed(parts[0])}", whole.unit) if parts and parts[1] == whole.unit else None


def _bracketed(expression: str) -> str:
    return f"({expression})" if "+" in expression or "-" in expression else expression


def _change(text: str, found: Sequence[Amount]) -> Draft | None:
    alike = [amount for amount in found if amount.unit not in _TIMES or len(found) == 2]
    if not _CHANGE.search(text) or len(alike) != 2 or len({amount.unit for amount in alike if amount.unit}) > 1:
        return None
    before, after = map(figure, _in_time(text, alike))
    spans = [amount for amount in found if amount.unit == "year" and amount not in alike]
    unit = next((amount.unit for amount in alike if amount.unit), "")
    if spans and _ANNUAL.search(text):
        return _draft(annual_growth(before, after, figure(spans[0])), "percent")
    if _PERCENT.search(text.replace("%", " ") if not _asks_percent_sign(text) else text):
        return _draft(growth(before, after), "percent")
    return _draft(f"{after} - {before}", unit)


def _asks_percent_sign(text: str) -> bool:
    return re.search(r"(?<!\d)(?<!\d )%", text) is not None


def growth(before: str, after: str) -> str:
    return f"({after} - {before}) / {before} * 100"


def annual_growth(before: str, after: str, years: str) -> str:
    return f"(({after} / {before}) ** (1 / {years}) - 1) * 100"


def _in_time(text: str, pair: Sequence[Amount]) -> Sequence[Amount]:
    """Earlier first: by the periods beside them, or by words for what was before."""
    first, second = pair
    years = [_year_before(text, amount) for amount in pair]
    if None not in years and years[0] != years[1]:
        return pair if int(years[0] or 0) < int(years[1] or 0) else (second, first)
    return (second, first) if _BASE.search(text[first.end : second.start]) else pair


def _year_before(text: str, amount: Amount) -> int | None:
    named = [period for period in periods(text) if _is_beside(text, period, amount)]
    nearest = min(named, key=lambda period: abs(period.start - amount.start), default=None)
    return _relative_year(nearest) if nearest else None


def _is_beside(text: str, period: Period, amount: Amount) -> bool:
    between = text[period.end : amount.start] if period.end <= amount.start else text[amount.end : period.start]
    return not any(map(str.isdecimal, between)) and len(between) <= 40


def _relative_year(period: Period) -> int | None:
    words = {"前年": -2, "去年": -1, "上年": -1, "last year": -1, "今年": 0, "this year": 0, "明年": 1, "next year": 1}
    return period.year if period.year is not None else words.get(period.text.lower())


def _travel(text: str, found: Sequence[Amount]) -> Draft | None:
    """A way and a speed, or a quantity of work and what is done of it in a time."""
    found = [amount for amount in found if amount.number != 1] if len(found) > 2 else found
    if len(found) != 2 or any(amount.is_money or amount.is_percent for amount in found):
        return None
    per = [rate for rate in rates(text, found) if any(rate.per)]
    if len(per) == 1 and found[0].unit == found[1].unit and (_HOW_LONG.search(text) or "几" in text):
        whole = next(amount for amount in found if amount is not per[0].amount)
        return _draft(f"{figure(whole)} / {figure(per[0].amount)}", per[0].per[0])
    timed = [amount for amount in found if amount.unit in _TIMES]
    if not per and len(timed) == 1 and _SPEED.search(text):
        way = next(amount for amount in found if amount is not timed[0])
        return _draft(f"{figure(way)} / {figure(timed[0])}", f"{way.unit}/{timed[0].unit}")
    return None


def _split(text: str, found: Sequence[Amount]) -> Draft | None:
    if len(found) != 2 or not _SPLIT.search(text) or found[0].is_percent or found[1].is_percent:
        return None
    if len(per := [rate for rate in rates(text, found) if rate.per]) and per[0].amount.is_money:
        return None  # a price for each is known
    whole = next((amount for amount in found if amount.is_money), found[0])
    parts = next(amount for amount in found if amount is not whole)
    return _draft(f"{figure(whole)} / {figure(parts)}", whole.unit) if not parts.is_money else None


def _bought(text: str, found: Sequence[Amount]) -> Draft | None:
    """How many of a price a sum buys."""
    if len(found) != 2 or not all(amount.is_money for amount in found) or found[0].unit != found[1].unit:
        return None
    if not re.search(r"几|多少[个张件本台份]|\bhow many\b", text, re.IGNORECASE):
        return None
    most, least = sorted(found, key=lambda amount: amount.number, reverse=True)
    return _draft(f"{figure(most)} // {figure(least)}") if least.number else None


def _priced(text: str, found: Sequence[Amount]) -> Draft | None:
    result = priced(text, found)
    return _draft(*result) if result else None


def _added(text: str, found: Sequence[Amount]) -> Draft | None:
    """A total or mean of amounts of one unit, which money is where money is asked for."""
    if len({amount.unit for amount in found}) != 1 or found[0].is_percent:
        return None
    if _MONEY.search(text) and not found[0].is_money:
        return None
    figures = [figure(amount) for amount in found]
    if _MEAN.search(text):
        return _draft(f"({' + '.join(figures)}) / {len(figures)}", found[0].unit)
    return _draft(" + ".join(figures), found[0].unit) if _SUM.search(text) else None


def figure(amount: Amount) -> str:
    number: Decimal = amount.number
    return decimal_text(number)
